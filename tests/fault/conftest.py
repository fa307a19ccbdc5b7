"""What every fault test may ask for: the same daemon as the end-to-end tests."""
from serving import binary, serve  # noqa: F401
