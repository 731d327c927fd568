"""The words from which the sandbox's company is built: people, places, buildings, desks and symbols."""

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in text.split(","))


class Office(NamedTuple):
    """A city with an office, and the area codes of that city."""

    city: str
    country: str
    area_codes: tuple[str, ...]


OFFICES = (
    Office("Seattle", "US", ("206", "564")),
    Office("Portland", "US", ("503", "971")),
    Office("Denver", "US", ("303", "720", "983")),
    Office("Vancouver", "CA", ("604", "778", "236", "672")),
    Office("Toronto", "CA", ("416", "647", "437")),
    Office("Austin", "US", ("512", "737")),
    Office("San Francisco", "US", ("415", "628")),
    Office("Montréal", "CA", ("514", "438", "263")),
    Office("Chicago", "US", ("312", "773", "872")),
    Office("Boston", "US", ("617", "857")),
    Office("Calgary", "CA", ("403", "587", "825", "368")),
    Office("Phoenix", "US", ("602", "480", "623")),
    Office("Minneapolis", "US", ("612",)),
    Office("Atlanta", "US", ("404", "470", "678")),
    Office("Ottawa", "CA", ("613", "343", "753")),
    Office("New York", "US", ("212", "646", "332")),
    Office("Philadelphia", "US", ("215", "267", "445")),
    Office("Halifax", "CA", ("902", "782")),
    Office("San Diego", "US", ("619", "858")),
    Office("Dallas", "US", ("214", "469", "972")),
    Office("Winnipeg", "CA", ("204", "431", "584")),
    Office("Salt Lake City", "US", ("801", "385")),
    Office("Miami", "US", ("305", "786")),
    Office("Québec", "CA", ("418", "581", "367")),
)

TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")

# Outside the company: area codes without an office, and London numbers that Ofcom reserves for drama.
OUTSIDE_NUMBERS = _words("+19075550142 +18085550117 +13025550188 +18025550163 +442079460321 +442079460958")

DEPARTMENTS = ("Leasing", "Maintenance", "Resident support", "Accounting", "Front office", "Management")

FIRST_NAMES = _words("""
    Maya Daniel Priya Marcus Elena Jordan Grace Owen Fatima Lucas Hannah Andre Nadia Colin Renée
    Victor Imani Peter Leila Simon Carmen Wesley Ingrid Rafael Tessa Malik Joanna Felix Amara Graham
    Bianca Terence Yasmin Curtis Odette Howard Sunita Dennis Paloma Kieran Lorraine Mateo Beatrix
    Everett Keiko Russell Dalia Emmett Solveig Nathaniel Corinne Abdul Marguerite Anton Philippa
    Desmond Rosalind Tariq Winnifred Oscar Chloé Bernard Noor Clifton Ximena Harriet Milan Esther
    Quentin Aaliyah Roland Ines Sterling Meera Alasdair Delphine Joaquín Thea Lamar Sylvie Ivan
    Francine Kofi Annika Luther Camille Dmitri Estelle Rohan Margot Nolan Ayesha Gordon Freya Emilio
    Vivian Hassan Cecily Reggie Ottilie Björn Nell Arturo Lydia Kwame Rosa Ellis Zainab Theodore
""")

LAST_NAMES = _words("""
    Okafor Whitfield Raman Delgado Lindqvist Prescott Nakamura Abernathy Haddad Castellanos
    Thornbury Mbeki Kowalski Fairbanks Ouellette Sandoval Achterberg Pemberton Siddiqui Marchetti
    Holloway Eriksen Vasquez Drummond Oyelaran Tremblay Blackwood Iyer Carmody Yilmaz Strickland
    Beaumont Adeyemi Hargrove Petrov Gallagher Montoya Ashworth Nguyen Rutherford Khoury Winslow
    Bergström Castillo Mercer Dubois Osei Lockhart Farouk Ellsworth Paquette Solano Kincaid Varga
    Duarte Hawthorne Mukherjee Tolliver Brandt Caldwell Ferreira Ogilvie Jankowski Silverman Medina
    Thibault Crawley Rosario Whitaker Zielinski Hathaway Ibarra Macready Sorensen Chaudhry Bellamy
    Fontaine Kessler Amador Redfern Ishikawa Lavoie Northcott Quintana Stavros Underhill Bainbridge
    Guerrero Desrosiers Hutchings Kapoor Leclair Maddox Novák Overstreet Pritchard Rahimi Saavedra
    Tennant Urquhart Vandermeer Yarrow Zamora
""")


# First and last names as Quo may have them (None is null), and the local part of the email address.
UNUSUAL_NAMES: tuple[tuple[str | None, str | None, str], ...] = (
    ("Zoë", "Brännström-O’Shea", "zoe.brannstrom"),
    ("José Ángel", "Núñez Ávila", "jose.nunez"),
    ("Tobias", None, "tobias"),
    (None, "Whitcombe", "whitcombe"),
    ("美咲", "高橋", "misaki.takahashi"),
    (
        "Maximiliana Alexandrina Wilhelmina Seraphina",
        "von Hohenlinden-Altenstein zu Greifenfels und Morgenthau-Silberbach-Donnersmarck, Assistant Manager",
        "maximiliana",
    ),
    (None, None, "front.desk.tablet"),
    ("محمد", "العطار", "m.alattar"),
    ("נועה", "ברקאי", "noa.barkai"),
    ("Siobhán", "O'Dwyer", "siobhan.odwyer"),
    ("伟", "陈", "wei.chen"),
    ("지우", "박", "jiwoo.park"),
    ("Ngọc Ánh", "Trần", "anh.tran"),
    ("Олена", "Ковальчук", "olena.kovalchuk"),
    ("", "", "unnamed"),
    ("Lily 🌸", "Marsh", "lily.marsh"),
    ("Robert <Bob>", 'Tables & "Chairs"', "bob.tables"),
    ("X", "Æ", "x"),
)

# A symbol is any text or null, so these include flags, families, skin tones, keycaps and plain text.
PEOPLE_SYMBOLS = ("👩🏽‍💼", "👨🏻‍🔧", "👷🏿‍♀️", "🙋🏼‍♀️", "☎️", "📱", "⭐", "🌲", "🐶", "☕")
SYMBOLS = _words("""
    🏢 🏠 🏡 🔑 🛠️ 🚨 💳 📦 🧾 🌲 ⚓ 🚪 🛗 📞 🧹 🌿 🅿️ ❄️ 🔥 🇺🇸 🇨🇦 🇲🇽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 👨‍👩‍👧‍👦 👩‍👩‍👦 👍🏽 🤝🏿 👩🏽‍🔧 1️⃣ 2️⃣
    #️⃣ #1 HQ A ★ ₿ é 門 قسم
""")

BUILDING_FIRST = _words("""
    Alder Birch Cedar Juniper Maple Willow Spruce Hawthorn Rowan Laurel Magnolia Sycamore Aspen
    Hemlock Larch Harbor Lighthouse Anchor Quayside Tidewater Driftwood Heron Osprey Kingfisher
    Sandpiper Granite Slate Copper Foundry Millrace Orchard Meadow Prairie Summit Ridge Canyon
    Lantern Beacon Orchid Clover
""")
BUILDING_LAST = _words("""
    Court Heights Commons Landing Place Terrace Gardens Lofts Square Crossing Point Towers Village
    Row Yards House Bend Park Station Plaza
""")

BUILDING_DESKS = _phrases("""
    leasing office, concierge, maintenance, gate intercom, elevator phone, tour line, parcel room, after hours, parking,
    pool & gym, security desk, move-in desk
""")
BUILDING_TOLL_FREE = ("tours", "residents", "rent payments", "emergencies", "waiting list")
OFFICE_DESKS = _phrases("""
    front desk, leasing, maintenance dispatch, accounts payable, on-call, inspections, key room, owner reports,
    turnovers, landscaping, text line, training room
""")

LONG_NAME = (
    "Shared line for the whole leasing, renewals, move-in, move-out, keys, parcels, parking and after-hours "
    "concierge desk of the Harbor & Pine buildings between the river and the old rail yards "
    "(ask for Building C)"
)[:199] + "…"

EXTREME_NAMES = (
    LONG_NAME,
    "مكتب الإيجار – الطابق الثاني",
    "משרד תחזוקה – תורנות לילה",
    "租赁热线（普通话）",
    "高層マンション管理室",
    "임대 사무실",
    "Réception & réservations – ça commence à 8 h",
    "🚧🚧🚧",
    "👨‍👩‍👧‍👦 Family housing 🏳️‍🌈",
    "#1",
    "Z̸a̷l̶g̵o̴ hallway phone",
    "<b>Bold</b> & \"quoted\" 'single'",
    "=SUM(1,2) spare line",
    "-- spare; line",
    "   spaces around   ",
    "two\nlines",
    "tab\tseparated",
    "left\u202eright",
    "",
    "Null",
    "0",
    "Straße / Łódź / Ærøskøbing / İstanbul",
    "Unbreakable" + "lyLong" * 24,
)
