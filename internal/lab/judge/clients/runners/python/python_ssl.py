"""What the drivers share that use Python's ssl."""

import platform
import ssl

CONTEXT_NAMES = {"context", "sslcontext", "create_default_context", "ssl.create_default_context()"}
CONTEXT_PROPERTIES = {"cafile", "check_hostname", "verify_mode"}


def settings(properties):
    """Returns the SSLContext that an application would pass, or None, and the
    properties that are not about it."""
    rest = {name: value for name, value in properties.items() if name not in CONTEXT_PROPERTIES}
    if not any(str(rest.get(name, "")).lower() in CONTEXT_NAMES for name in ("ssl", "ssl_context")):
        return None, rest
    made = ssl.create_default_context(cafile=properties.get("cafile"))
    if properties.get("check_hostname", "").lower() == "false":
        made.check_hostname = False
    if properties.get("verify_mode", "").upper().removeprefix("SSL.") == "CERT_NONE":
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made, rest


def identity(driver, version):
    """What a runner says of itself."""
    return {
        "driver": driver,
        "version": version,
        "runtime": f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}",
        "runtime_version": platform.python_version(),
    }
