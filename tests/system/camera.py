"""What the browser's camera sees: a film of one QR code."""

import segno

SEEN_BY_CAMERA = "+85291234567"
WIDTH, HEIGHT, DOT = 640, 480, 10
BLACK, WHITE, GREY = 16, 235, 128


def film_of(text: str) -> bytes:
    """Return two pictures in YUV4MPEG2, which the browser shows again and again."""
    code = segno.make_qr(text, error="m")
    rows = [list(row) for row in code.matrix_iter(scale=DOT, border=4)]
    left, top = (WIDTH - len(rows[0])) // 2, (HEIGHT - len(rows)) // 2
    bright = bytearray([WHITE]) * (WIDTH * HEIGHT)
    for y, row in enumerate(rows, top):
        start = y * WIDTH + left
        bright[start : start + len(row)] = bytes(BLACK if dot else WHITE for dot in row)
    colours = bytes([GREY]) * (WIDTH * HEIGHT // 2)
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    return head + 2 * (b"FRAME\n" + bytes(bright) + colours)
