"""REST, OpenAI-compatible chat and MCP."""
