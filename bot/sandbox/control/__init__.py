"""The control interface, /sandbox/...: the page and tests act here in place of readers."""
