"""The HTTP service: predictions, what-if, audit and law for other systems, and a page."""
