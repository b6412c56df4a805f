"""The file that names the regions of an installation: what it says of each, and what is wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from services import regions
from services.config import Config
from services.regions import BadRegions, configured

PLUGINS = 'plugins = ["registration", "taza"]'
TWO = f"""
address = "https://komek.example.kz"
[regions.almaty]
name = {{ kk = "Алматы облысы", ru = "Алматинская область" }}
{PLUGINS}
database_url = "postgresql://db/almaty"
shows_figures_to = ["ministry"]
[regions.ministry]
{PLUGINS}
address = "https://look.example.kz"
port = 9000
sign_in_attempts = 7
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / "regions.toml"
    written.write_text(TWO, encoding="utf-8")
    return written


def test_a_region_stands_under_its_key_unless_the_file_says_otherwise(file: Path) -> None:
    found = regions.read(file)
    almaty, ministry = found.regions.values()
    assert (almaty.address, almaty.host, almaty.port) == (
        "https://almaty.komek.example.kz",
        "almaty.komek.example.kz",
        8101,
    )
    assert (ministry.address, ministry.port) == ("https://look.example.kz", 9000)
    assert almaty.stands_here and ministry.stands_here
    assert almaty.names == {"kk": "Алматы облысы", "ru": "Алматинская область", "en": "Алматы облысы"}
    assert almaty.shows_figures_to == {"ministry"} and not ministry.shows_figures_to


def test_a_region_s_processes_are_told_what_the_file_says_of_it_and_of_no_other(file: Path, tmp_path: Path) -> None:
    shared = Config(regions=str(file), var=tmp_path / "var", sign_in_attempts=5)
    almaty, ministry = (configured(replace(shared, region=key)) for key in ("almaty", "ministry"))
    assert almaty.database_url == "postgresql://db/almaty" and ministry.database_url == ""
    assert (almaty.sign_in_attempts, ministry.sign_in_attempts) == (5, 7)
    assert (almaty.var, ministry.var) == (tmp_path / "var/almaty", tmp_path / "var/ministry")
    assert almaty.public_url == "https://almaty.komek.example.kz"
    told = replace(almaty, database_url="postgresql://here")
    assert configured(told) == told, "what was told once is not told again"
    assert configured(Config()) == Config(), "one region alone needs no file"


def test_neighbours_share_a_key_that_nobody_chose_and_no_password(file: Path) -> None:
    here = {key: regions.of(Config(regions=str(file), region=key)) for key in ("almaty", "ministry")}
    almaty, ministry = here.values()
    assert almaty is not None and ministry is not None
    assert almaty.key == ministry.key == file.with_suffix(".key").read_text() and len(almaty.key) == 64
    assert [each.key for each in almaty.others] == ["ministry"]
    assert "postgresql" not in repr(almaty), "a fault's trace names no address of a database"
    assert regions.of(Config()) is None and regions.of(Config(regions=str(file))) is None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[regions.almaty]", "[regions.Almaty_oblast]", "beginning of a host name"),
        ("port = 9000", "port = 8101", "two regions have the same port"),
        ("port = 9000", 'machine = "http://10.0.0.1"', "ministry: machine is to be the name or the number"),
        ("port = 9000", 'port = "9000"', "ministry: port is to be a number"),
        ("port = 9000", 'database_url = "postgresql://db/almaty"', "two regions have the same database_url"),
        ("https://look.example.kz", "https://almaty.komek.example.kz", "two regions have the same address"),
        ("https://look.example.kz", "look.example.kz", "ministry: address is to be where people find it"),
        ('["ministry"]', '["akimat"]', "almaty: shows_figures_to names akimat"),
        ("sign_in_attempts = 7", 'sign_in_attempts = "7"', "ministry: sign_in_attempts is to be a number"),
        ("sign_in_attempts = 7", "sign_in_attempt = 7", "ministry: sign_in_attempt is no setting of a region"),
        ("sign_in_attempts = 7", "proxies = 7", "ministry: proxies is no setting of a region"),
        ('name = { kk = "Алматы облысы", ru = "Алматинская область" }', 'name = "Алматы"', "almaty: name is to be"),
        (PLUGINS, "plugins = []", "almaty: plugins says which are switched on"),
        ('address = "https://komek.example.kz"', "", "address is to be where people find it"),
        ("[regions.almaty]", "[regions.almaty", "cannot be read"),
        ("[regions.almaty]", "doors = 1\n[regions.almaty]", "nobody reads doors"),
        ("[regions.almaty]", 'key = "short"\n[regions.almaty]', "key is to be at least 32 characters"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_told_with_its_place(file: Path, before: str, after: str, said: str) -> None:
    assert before in TWO
    file.write_text(TWO.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadRegions) as fault:
        regions.read(file)
    assert str(fault.value).startswith(f"{file}: ") and said in str(fault.value)


def test_a_region_that_is_not_there_and_a_database_of_all_regions_are_refused(file: Path) -> None:
    with pytest.raises(BadRegions, match="there is no region 'akimat': name one of almaty, ministry"):
        configured(Config(regions=str(file), region="akimat"))
    with pytest.raises(BadRegions, match="KOMEK_REGIONS names no file"):
        configured(Config(region="almaty"))
    with pytest.raises(BadRegions, match="KOMEK_DATABASE_URL, KOMEK_SECRET_KEY would be every region's at once"):
        regions.check_nothing_is_shared(Config(regions=str(file), database_url="postgresql://x", secret_key="y"))
    regions.check_nothing_is_shared(Config(regions=str(file)))
