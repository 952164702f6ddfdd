package main

import (
	"encoding/xml"
	"fmt"
	"os"
	"strings"
)

// The measures of the picture, in pixels.
const (
	lineHeight = 19
	charWidth  = 8
	margin     = 18
)

// picture writes what a terminal shows as an SVG file.
func picture(file, command, output string) error {
	lines := append([]string{"$ " + command, ""}, strings.Split(strings.TrimRight(output, "\n"), "\n")...)
	widest := 0
	for _, line := range lines {
		widest = max(widest, len([]rune(line)))
	}
	width, height := 2*margin+widest*charWidth, 2*margin+len(lines)*lineHeight
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="A plan that the gate blocks">`, width, height, width, height)
	svg.WriteString("\n" + `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>` + "\n")
	svg.WriteString(`<g font-family="ui-monospace,Menlo,Consolas,monospace" font-size="13" fill="#e6edf3" xml:space="preserve">` + "\n")
	for i, line := range lines {
		fmt.Fprintf(&svg, `<text x="%d" y="%d"%s>`, margin, margin+(i+1)*lineHeight-5, paint(line))
		if err := xml.EscapeText(&svg, []byte(line)); err != nil {
			return err
		}
		svg.WriteString("</text>\n")
	}
	svg.WriteString("</g>\n</svg>\n")
	return os.WriteFile(file, []byte(svg.String()), 0o644) //nolint:gosec // A picture for everybody.
}

// paint is the colour of a line, as Terraform has it.
func paint(line string) string {
	switch {
	case strings.HasPrefix(line, "$ "):
		return ` fill="#7ee787"`
	case strings.Contains(line, "Error:"):
		return ` fill="#ff7b72" font-weight="bold"`
	default:
		return ""
	}
}
