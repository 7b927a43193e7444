"""What comes out of a picture that somebody sends, and what is refused."""

import io
import subprocess
import sys

import pytest
from PIL import ExifTags, Image

from accounts.errors import ImageTooManyPixels
from accounts.images import MOST_PIXELS, square_jpeg
from common.errors import Invalid
from tests.support.uploads import HOSTILE, MOST_BYTES, encoded, picture, upload

FORMATS = ["JPEG", "PNG", "GIF", "WEBP"]
RED, BLUE = (254, 0, 0), (0, 0, 254)


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_near(colour, expected):
    return all(abs(a - b) < 12 for a, b in zip(colour, expected, strict=True))


class TestWhatComesOut:
    @pytest.mark.parametrize("format_name", FORMATS)
    @pytest.mark.parametrize("side", [64, 512])
    def test_is_a_square_jpeg_whatever_was_sent(self, format_name, side):
        drawn = opened(square_jpeg(picture(format_name), side=side))

        assert (drawn.format, drawn.size, drawn.mode) == ("JPEG", (side, side), "RGB")

    @pytest.mark.parametrize("size", [(600, 400), (400, 600), (1, 1), (3, 3000), (3000, 3), (4000, 4001)])
    def test_is_square_whatever_the_shape(self, size):
        assert opened(square_jpeg(picture(size=size), side=128)).size == (128, 128)

    @pytest.mark.parametrize("size", [(60, 40), (1300, 1300), (4001, 3999)])
    def test_is_the_middle_of_the_picture(self, size):
        drawn = opened(square_jpeg(picture(size=size), side=100))

        assert is_near(drawn.getpixel((10, 50)), BLUE)
        assert is_near(drawn.getpixel((90, 50)), RED)

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_every_kind_of_colour_is_understood(self, mode):
        assert opened(square_jpeg(encoded(Image.new(mode, (30, 30)), "PNG"), side=16)).mode == "RGB"

    def test_print_colours_are_understood(self):
        assert is_near(opened(square_jpeg(picture("JPEG", mode="CMYK"), side=16)).getpixel((15, 8)), RED)

    def test_sixteen_bits_of_grey_are_neither_black_nor_white(self):
        grey = encoded(Image.new("I;16", (30, 30), 2**15), "PNG")

        assert is_near(opened(square_jpeg(grey, side=16)).getpixel((8, 8)), (128, 128, 128))

    @pytest.mark.parametrize("format_name", ["PNG", "WEBP"])
    @pytest.mark.parametrize("size", [(30, 30), (2000, 2000)])
    def test_what_is_transparent_becomes_white(self, format_name, size):
        clear = encoded(Image.new("RGBA", size, (0, 0, 0, 0)), format_name)

        assert is_near(opened(square_jpeg(clear, side=64)).getpixel((8, 8)), (255, 255, 255))

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_is_upright_however_the_camera_was_held(self, orientation):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        upright = Image.new("RGB", (90, 60), "red")
        upright.paste("blue", (0, 0, 45, 30))  # the upper left
        undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Pillow's numbers of the transposition that undoes each
        held = upright.transpose(undo[orientation]) if orientation > 1 else upright

        drawn = opened(square_jpeg(encoded(held, "JPEG", exif=exif), side=64))

        assert [is_near(drawn.getpixel(at), BLUE) for at in [(9, 9), (55, 9), (9, 55), (55, 55)]] == [True] + [
            False
        ] * 3

    @pytest.mark.parametrize("format_name", ["GIF", "WEBP", "PNG"])
    def test_of_an_animation_is_the_first_frame(self, format_name):
        frames = [Image.new("RGB", (30, 30), "blue")]
        moving = encoded(Image.new("RGB", (30, 30), "red"), format_name, save_all=True, append_images=frames)

        assert is_near(opened(square_jpeg(moving, side=16)).getpixel((8, 8)), RED)

    @pytest.mark.parametrize("format_name", ["JPEG", "PNG", "WEBP"])
    @pytest.mark.parametrize("metadata", [b"neither Motorola nor Intel", b"MM\0*\0\0"])
    def test_is_drawn_as_it_lies_where_the_metadata_are_nonsense(self, format_name, metadata):
        assert square_jpeg(picture(format_name, exif=b"Exif\0\0" + metadata), side=16)

    def test_has_no_metadata(self):
        sent = HOSTILE["where it was taken"].make()
        assert opened(sent).getexif()

        drawn = opened(square_jpeg(sent, side=64))

        assert not drawn.getexif()
        assert drawn.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}

    def test_five_megabytes_and_25_megapixels_are_not_too_much(self):
        five = picture("JPEG") + b"\0" * (MOST_BYTES - len(picture("JPEG")))
        pixels = encoded(Image.new("1", (5000, 5000)), "PNG")

        assert MOST_PIXELS == 5000 * 5000
        assert square_jpeg(five, side=16)
        assert square_jpeg(pixels, side=16)


class TestWhatTheSenderSaysOfTheFile:
    @pytest.mark.parametrize("claim", ["image/png", "IMAGE/PNG; name=x", "application/octet-stream", "", "image/x-png"])
    def test_may_be_true_or_nothing(self, claim):
        assert square_jpeg(upload(picture(), content_type=claim), side=16)

    @pytest.mark.parametrize("claim", ["image/jpg", "image/jpeg", "image/pjpeg"])
    def test_may_be_any_of_the_words_for_jpeg(self, claim):
        assert square_jpeg(upload(picture("JPEG"), content_type=claim), side=16)

    def test_may_be_left_out(self):
        assert square_jpeg(upload(picture(), content_type=None), side=16)


class TestHostileFiles:
    def test_are_at_least_forty(self):
        assert len(HOSTILE) >= 40

    @pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
    @pytest.mark.parametrize("name", HOSTILE)
    def test_are_refused_by_name_or_drawn_anew(self, name):
        file, sent = HOSTILE[name], HOSTILE[name].sent()

        if file.code:
            with pytest.raises(Invalid) as refusal:
                square_jpeg(sent, side=512)
            assert refusal.value.code == file.code
        else:
            drawn = square_jpeg(sent, side=512)
            assert opened(drawn).size == (512, 512)
            assert not any(mark in drawn for mark in (b"EICAR", b"ELF", b"script", b"camera", b"at home"))

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_the_size_is_looked_at_whatever_becomes_of_warnings(self):
        with pytest.raises(ImageTooManyPixels):
            square_jpeg(HOSTILE["a row more than 25 megapixels"].sent(), side=16)

    @pytest.mark.slow
    def test_take_no_more_than_300_megabytes(self, tmp_path):
        for number, file in enumerate(HOSTILE.values()):
            (tmp_path / str(number)).write_bytes(file.make())

        measured = subprocess.run(
            [sys.executable, "-m", "tests.accounts.memory_of_pictures", tmp_path], capture_output=True, text=True
        )

        assert measured.returncode == 0, measured.stderr
        assert int(measured.stdout) < 300
