"""What numbers may be at the doors (取值范围): one type each for REST, the OpenAI API and MCP.

Beyond these no database holds a number. What a text may not contain is refused before all doors:
see `assistant/server/input_check.py`.
"""

from typing import Annotated

from pydantic import Field

Year = Annotated[int, Field(ge=0, le=9999)]
"""A year as documents have it."""
Number = Annotated[int, Field(ge=-(2**31), lt=2**31)]
"""The number of a row, a page, a correction or a token."""
