"""What every end-to-end test may ask for."""
from serving import binary, serve  # noqa: F401
