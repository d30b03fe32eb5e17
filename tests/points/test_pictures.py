"""Pictures of rewards: read strictly, rid of notes, served safely."""

import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from points.errors.pictures import PictureNotReadable, PictureTooLarge
from points.models import Reward, RewardPicture
from points.pictures import read_picture
from tests.factories import make_reward


def chunk(kind, body):
    check = zlib.crc32(kind + body)
    return struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", check)


def png(*, width=2, height=2, extra=b"", colour=2, rows=None):
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    size = (1 + width * 3) * height if rows is None else rows
    pixels = zlib.compress(b"\0" * size)
    parts = chunk(b"IHDR", head), extra, chunk(b"IDAT", pixels), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


FRAME = segment(0xC0, struct.pack(">BHHB", 8, 3, 5, 1) + b"\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*parts, frame=FRAME, scan=SCAN):
    return b"\xff\xd8" + b"".join(parts) + frame + scan + b"\xff\xd9"


EXIF = segment(0xE1, b"Exif\0\0 22.3N 114.2E")


@pytest.mark.parametrize(
    ("data", "expected", "size"),
    [
        (png(), png(), (2, 2)),
        (png(extra=chunk(b"tEXt", b"Author\0Kay")), png(), (2, 2)),
        (png() + b"<script>alert(1)</script>", png(), (2, 2)),
        (jpeg(), jpeg(), (5, 3)),
        (jpeg(EXIF, segment(0xFE, b"a note")), jpeg(), (5, 3)),
        (jpeg() + b"PK\x03\x04", jpeg(), (5, 3)),
    ],
)
def test_only_what_draws_is_kept(data, expected, size):
    picture = read_picture(data)
    assert picture.data == expected
    assert (picture.width, picture.height) == size


BROKEN = png()[:-6] + b"\0" + png()[-5:]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 40,
        png()[:-1],
        BROKEN,
        png(width=0),
        png(colour=5),
        png(rows=10**6),
        png(rows=3),
        png()[:8] + chunk(b"IDAT", b"") + png()[8:],
        jpeg(frame=b""),
        jpeg(scan=b""),
        jpeg(frame=FRAME + FRAME),
        jpeg()[:-2],
        jpeg(segment(0xC3, b"lossless")),
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
    ],
)
def test_what_is_no_whole_picture_is_refused(data):
    with pytest.raises(PictureNotReadable):
        read_picture(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + b"\0" * 1_000_000,
        png(width=4001),
        jpeg(frame=FRAME.replace(struct.pack(">H", 5), struct.pack(">H", 65_000))),
    ],
)
def test_too_many_bytes_or_pixels_are_refused(data):
    with pytest.raises(PictureTooLarge):
        read_picture(data)


@pytest.mark.django_db
class TestPages:
    def send(self, client, reward, data=None, **sent):
        sent = {"alt": "A red bag"} | sent
        if data is not None:
            # What a browser says of the type is not believed.
            sent["file"] = SimpleUploadedFile("x.svg", data, "text/html")
        return client.post(f"{reward.get_absolute_url()}picture/", sent)

    def test_a_picture_is_uploaded_shown_and_served_as_what_it_is(
        self, marketer, visitor
    ):
        reward = make_reward()
        answer = self.send(marketer, reward, jpeg(EXIF), alt_zh_hant="紅色袋")
        assert answer.url == reward.get_absolute_url()
        reward.refresh_from_db()
        page = marketer.get(answer.url).content.decode()
        assert 'alt="A red bag"' in page
        with translation.override("zh-hant"):
            assert reward.local_alt == "紅色袋"

        served = visitor.get(f"/rewards/pictures/{reward.picture_digest}/")

        assert served.content == jpeg()
        assert served["Content-Type"] == "image/jpeg"
        assert served["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in served["Content-Security-Policy"]
        assert "immutable" in served["Cache-Control"]

    def test_the_words_change_alone_and_the_picture_goes_away(self, marketer):
        reward = make_reward()
        self.send(marketer, reward, png())
        self.send(marketer, reward, alt="A blue bag")
        reward.refresh_from_db()
        assert reward.picture_alt == "A blue bag"
        assert reward.picture_width == 2
        self.send(marketer, reward, remove="1")
        reward.refresh_from_db()
        assert (reward.picture_digest, reward.picture_alt) == ("", "")
        assert "is-missing" in marketer.get("/rewards/").content.decode()

    @pytest.mark.parametrize(
        ("data", "sent"),
        [(b"<svg/>", {}), (None, {}), (png(), {"alt": ""}), (png(width=4001), {})],
    )
    def test_what_is_refused_saves_nothing(self, marketer, data, sent):
        reward = make_reward()
        assert self.send(marketer, reward, data, **sent).status_code == 422
        assert not RewardPicture.objects.exists()
        assert Reward.objects.get().picture_digest == ""

    def test_only_who_keeps_rewards_uploads(self, clerk, manager, visitor):
        reward = make_reward()
        for client in (clerk, manager):
            assert self.send(client, reward, png()).status_code == 403
        assert self.send(visitor, reward, png()).status_code == 302
        assert not RewardPicture.objects.exists()
        assert visitor.get(f"/rewards/pictures/{'0' * 64}/").status_code == 404
