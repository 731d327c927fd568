"""Texts that Excel or LibreOffice may convert, each in some language."""

_WITHOUT_SPACES = {
    "numbers": "0 1234 00441 1.10 .5 5. 1,234 1'000 1.234,56 1,5 12345678901234567890 ٣٤ １２ ½ ² +1 -5 5- 1_000",
    "exponents": "12e4 1e5 1E+5 12d4 1D5 E5 1e400 0x1F",
    "amounts": "(123) 5% $12 €5 -$5 ($5) £5 ¥5 5kr Rs500 R100 CHF5 5EUR zł5",
    "fractions": "1/2 ½ 1½",
    "dates": "1-2 1.2 2026-11-29 1/2/2026 29.11. 20261129 Mar-5 5-Mar March/5 MARCH1 SEPT2 DEC1 OCT4 1-MAY 5.Mai.2020",
    "dates of East Asia": "2020年3月5日 令和5年 R5.1.1",
    "times": "7:30 25:00 12:30:45.5 12am 7h30 12:00Z 2022-01-01T00:00:00 2022-01-01T00:00:00+00:00 午後7時",
    "truth values": "TRUE False true WAHR FAUX VERDADERO ＴＲＵＥ ИСТИНА",
    "errors": "#N/A #REF! #DIV/0! #NAME? #NULL! #SPILL! #NV #¡REF! #BEZUG! #ИМЯ?",
}
_WITH_SPACES = [
    *("1 1/2", "1 000", "1\u00a0000", "1\u202f000", " 5", "5 ", "\u00a05", "50 %", "12 kr", "USD 5", "5 €", "5\n"),
    *("March 5", "5 March", "Sept 3", "Jan 2020", "Friday, March 5, 2021", "MARCH 5TH", "5 of May", "Ｍａｙ ５"),
    *("März 2020", "5. März 2020", "Mrz 5", "5 mai", "1er août 2020", "5 de marzo de 2020", "5 févr. 2020", "5 maggio"),
    *("Jänner 5", "5. Jänner 2024", "5. Jän. 2024", "5 siječnja", "5. sij 2024", "5 rugsėjo", "2024 m. rugsėjo 5 d."),
    *("5 Agustus 2024", "5 Agu 2024", "5 tháng 9", "5 urtarrila", "5 xaneiro", "5 Ionawr", "5 janúar", "5 shtator"),
    *("5 novembre 2024", "5 lokakuuta", "5. srpna", "5 gener", "5 septembra", "5 Settembru", "Jan. 5"),
    *("7:30 PM", "7 pm", "5 a", "7.30 p.m.", " TRUE ", "\u00a0true"),
]

CONVERTIBLE = [*(text for texts in _WITHOUT_SPACES.values() for text in texts.split()), *_WITH_SPACES]
