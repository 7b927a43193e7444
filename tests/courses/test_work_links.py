"""R-ASM-1: which links to work are taken. Nobody ever opens them."""

import pytest
from django.core.exceptions import ValidationError

from courses.validators import LONGEST_URL, validate_work_url

GOOD = [
    "https://github.com/grace/compiler",
    "https://GitHub.com/grace/compiler/pull/7#issuecomment-1",
    "https://gist.github.com/grace/0123456789abcdef",
    "https://raw.githubusercontent.com/grace/compiler/main/README.md?raw=1",
    "https://drive.google.com/file/d/1aB_c-D/view?usp=sharing",
    "https://docs.google.com/document/d/1aB_c-D/edit#heading=h.1",
    "https://my-work.s3.amazonaws.com/essay.pdf",
    "https://my-work.s3.eu-central-1.amazonaws.com/folder/essay%20two.pdf",
    "https://my-work.s3-us-west-2.amazonaws.com/essay.pdf",
    "https://my-work.s3.dualstack.us-east-1.amazonaws.com/essay.pdf",
    "https://my.work.s3.us-gov-west-1.amazonaws.com/essay.pdf?versionId=1",
    "https://s3.amazonaws.com/my-work/essay.pdf",
    "https://s3.eu-central-1.amazonaws.com/my-work/essay.pdf",
    "https://s3-eu-west-1.amazonaws.com/my-work/a/b.pdf",
]

BAD = [
    # Not https
    "http://github.com/grace/compiler",
    "ftp://github.com/grace/compiler",
    "//github.com/grace/compiler",
    "github.com/grace/compiler",
    "javascript:alert(1)//github.com/",
    "data:text/html,https://github.com/grace",
    "file:///etc/passwd",
    "https:github.com/grace",
    "https:/github.com/grace",
    "https:///github.com/grace",
    "https:\\\\github.com\\grace",
    "view-source:https://github.com/grace",
    # Somebody in front of the host
    "https://github.com@evil.example/grace",
    "https://grace@github.com/grace",
    "https://grace:secret@github.com/grace",
    "https://evil.example\\@github.com/grace",
    "https://github.com%40evil.example/grace",
    "https://github.com%2f@evil.example/grace",
    # Another host that looks alike
    "https://github.com.evil.example/grace",
    "https://evilgithub.com/grace",
    "https://evil.example/github.com/grace",
    "https://evil.example/?https://github.com/grace",
    "https://evil.example#https://github.com/grace",
    "https://evil.example?.github.com/grace",
    "https://git\u04bbub.com/grace",
    "https://github\u3002com/grace",
    "https://\uff47ithub.com/grace",
    "https://xn--gthub-n4a.com/grace",
    "https://www.github.com/grace",
    "https://grace.github.io/work",
    "https://github.com./grace",
    "https://.github.com/grace",
    "https://api.github.com/repos/grace",
    "https://sites.google.com/view/grace",
    "https://drive.google.com.evil.example/file",
    "https://dropbox.com/grace",
    # Addresses
    "https://127.0.0.1/grace",
    "https://2130706433/grace",
    "https://0x7f000001/grace",
    "https://[::1]/grace",
    "https://[::ffff:140.82.112.3]/grace",
    "https://140.82.112.3/grace",
    "https://localhost/grace",
    "https://169.254.169.254/latest/meta-data/",
    # Ports
    "https://github.com:8443/grace",
    "https://github.com:80/grace",
    "https://github.com:443@evil.example/grace",
    "https://github.com:/grace",
    # What is not S3
    "https://amazonaws.com/my-work/essay.pdf",
    "https://ec2-140-82-112-3.compute.amazonaws.com/essay.pdf",
    "https://abc.execute-api.eu-central-1.amazonaws.com/prod",
    "https://my-work.s3.amazonaws.com.evil.example/essay.pdf",
    "https://my-work.s3.evil.amazonaws.com/essay.pdf",
    "https://my-works3.amazonaws.com/essay.pdf",
    "https://my-work.s3-website-us-east-1.amazonaws.com/essay.pdf",
    "https://my..work.s3.amazonaws.com/essay.pdf",
    "https://192.168.1.1.s3.amazonaws.com/essay.pdf",
    "https://s3.amazonaws.com/",
    "https://s3.amazonaws.com/my-work",
    "https://s3.amazonaws.com/?my-work/essay.pdf",
    "https://s3.amazonaws.com/10.0.0.1/essay.pdf",
    # Nothing there
    "",
    "https://",
    "https://github.com",
    "https://github.com/",
    "https://github.com//",
    "https://github.com?tab=grace",
    # Characters that somebody else reads in another way
    "https://github.com/grace work",
    "https://github.com/grace\n",
    "https://github.com/grace\r\nX-Header: 1",
    "https://git\thub.com/grace",
    " https://github.com/grace",
    "https://github.com/\x00",
    "https://github.com/\x7f",
    "https://github.com/%00",
    "https://github.com/a%0d%0aSet-Cookie:x",
    "https://github.com/\\evil.example",
    'https://github.com/"><script>',
    "https://github.com/<svg>",
    "https://github.com/gr\u00e4ce",
    "https://github.com/\u202egnp.exe",
    "https://github.com\uff0fgrace",
]


@pytest.mark.parametrize("url", GOOD)
def test_links_to_work_are_taken(url):
    validate_work_url(url)


@pytest.mark.parametrize("url", BAD)
def test_anything_else_is_refused(url):
    with pytest.raises(ValidationError):
        validate_work_url(url)


def test_a_link_has_its_length():
    start = "https://github.com/"
    validate_work_url(start + "a" * (LONGEST_URL - len(start)))

    with pytest.raises(ValidationError, match="2000"):
        validate_work_url(start + "a" * (LONGEST_URL - len(start) + 1))


@pytest.mark.parametrize("tail", ["a" * 1900, "a-" * 950, "a." * 950, "-" * 1900, ".s3" * 600])
def test_a_long_hostile_host_is_refused_at_once(tail):
    with pytest.raises(ValidationError):
        validate_work_url(f"https://{tail}.amazonaws.com/x")
