import java.util.Map;
import java.util.TreeMap;

/** Reads and writes as much JSON as cases need: objects of strings, integers and objects. */
final class Json {
  private final String text;
  private int at;

  Json(String text) {
    this.text = text;
  }

  Map<String, Object> object() {
    Map<String, Object> object = new TreeMap<>();
    expect('{');
    while (peek() != '}') {
      String key = string();
      expect(':');
      object.put(key, value());
      if (peek() == ',') {
        at++;
      }
    }
    at++;
    return object;
  }

  private Object value() {
    switch (peek()) {
      case '"':
        return string();
      case '{':
        return object();
      case 'n':
        at += 4;
        return null;
      default:
        int start = at;
        while (at < text.length() && "-0123456789".indexOf(text.charAt(at)) >= 0) {
          at++;
        }
        return Integer.valueOf(text.substring(start, at));
    }
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    expect('"');
    for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = text.charAt(at++);
      int simple = "nrtbf".indexOf(escaped);
      if (escaped == 'u') {
        out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
        at += 4;
      } else {
        out.append(simple >= 0 ? "\n\r\t\b\f".charAt(simple) : escaped);
      }
    }
    return out.toString();
  }

  private char peek() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw new IllegalArgumentException("case is not the expected JSON at " + at);
    }
    at++;
  }

  static String write(Object value) {
    if (value == null) {
      return "null";
    }
    StringBuilder out = new StringBuilder();
    if (value instanceof Map) {
      ((Map<?, ?>) value).forEach((key, entry) ->
          out.append(out.length() == 0 ? "{" : ",").append(write(key)).append(':').append(write(entry)));
      return (out.length() == 0 ? "{" : out) + "}";
    }
    for (char c : value.toString().toCharArray()) {
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return '"' + out.toString() + '"';
  }
}
