"""One file a page: results to elements, no economics."""
