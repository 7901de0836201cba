"""What REST, MCP and the page share: access, who asks, start, measures."""
