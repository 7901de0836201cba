"""Turning pages: the ways between a page as stored, as displayed and as read upright."""

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): x' = a·x + b·y + c, y' = d·x + e·y + f."""
STILL: Affine = (1, 0, 0, 0, 1, 0)


def moved(move: Affine, x: float, y: float) -> tuple[float, float]:
    """Where a point goes.

    >>> moved((0, 1, 0, 1, 0, 0), 3, 5)
    (5, 3)
    """
    a, b, c, d, e, f = move
    return a * x + b * y + c, d * x + e * y + f


def chained(first: Affine, then: Affine) -> Affine:
    """One move that does both, the first one first."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        *(p * a + q * d, p * b + q * e, p * c + q * f + r),
        *(s * a + t * d, s * b + t * e, s * c + t * f + u),
    )


def inverse(move: Affine) -> Affine:
    """The way back."""
    a, b, c, d, e, f = move
    det = a * e - b * d
    return (e / det, -b / det, (b * f - c * e) / det, -d / det, a / det, (c * d - a * f) / det)


def quarter_turn(
    frame: tuple[float, float, float, float], quarters: int
) -> tuple[float, float, Affine]:
    """Size of a page turned clockwise, and the way there from its frame (left, bottom, right, top).

    The frame's y axis points upwards, as PDF has it; the turned page's downwards from its top left.
    """
    left, bottom, right, top = frame
    width, height = right - left, top - bottom
    moves: tuple[Affine, ...] = (
        (1, 0, -left, 0, -1, top),
        (0, 1, -bottom, 1, 0, -left),
        (-1, 0, right, 0, 1, -bottom),
        (0, -1, top, -1, 0, right),
    )
    return (height, width, moves[quarters]) if quarters % 2 else (width, height, moves[quarters])
