"""Web: from a request and its response to a page view, a visitor, or the reason why a hit is not counted; pure."""
