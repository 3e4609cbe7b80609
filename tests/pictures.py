"""Photos and papers of the demo, drawn: a till's screen, a receipt, a sticker, a tracker's dashboard, acts."""

import io
import random
import time
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path("/usr/share/fonts/truetype/dejavu")
INK, PAPER, GLASS, LIME = "#1d2b24", "#fbfaf5", "#10201a", "#c8ee2e"


@lru_cache
def font(size, style="Sans"):
    """DejaVu where it is installed; Pillow's own, which knows Latin letters only, elsewhere."""
    file = FONTS / f"DejaVu{style}.ttf"
    return ImageFont.truetype(str(file), size) if file.exists() else ImageFont.load_default(size)


def words(russian, latin):
    """The Russian words where a font can write them."""
    return russian if (FONTS / "DejaVuSans.ttf").exists() else latin


def room(seed, size=(960, 720), tone=(122, 116, 108)):
    """A blurred background, so that the thing in front looks photographed."""
    dice, small = random.Random(seed), (size[0] // 8, size[1] // 8)
    picture = Image.new("RGB", small, tone)
    draw = ImageDraw.Draw(picture)
    for _n in range(26):
        x, y, w = dice.randrange(-12, small[0]), dice.randrange(-12, small[1]), dice.randrange(8, 40)
        light = dice.randrange(-40, 40)
        shade = tuple(max(0, min(255, part + light + dice.randrange(-9, 9))) for part in tone)
        draw.rounded_rectangle((x, y, x + w, y + int(w * 0.7)), 2, fill=shade)
    return picture.filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)


def laid(background, thing, angle=0.0, place=(0.5, 0.5)):
    """Put a drawn thing on a background with a soft shadow."""
    thing = thing.convert("RGBA").rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    left = int(background.width * place[0] - thing.width / 2)
    top = int(background.height * place[1] - thing.height / 2)
    shade = Image.new("L", background.size)
    shade.paste(thing.getchannel("A").point(lambda depth: depth // 2), (left + 10, top + 14))
    soft = shade.resize((background.width // 4, background.height // 4)).filter(ImageFilter.GaussianBlur(4))
    background.paste((0, 0, 0), (0, 0), soft.resize(background.size))
    background.paste(thing, (left, top), thing)
    return background


def jpeg(picture):
    """The bytes of a photo."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=78)
    return buffer.getvalue()


def pdf(*pages):
    """The bytes of a paper."""
    buffer = io.BytesIO()
    # A fixed date keeps the same paper one file however often it is drawn.
    when = time.struct_time((2026, 1, 12, 9, 0, 0, 0, 12, 0))
    first, *others = pages
    first.save(
        buffer, "PDF", resolution=110, quality=70, save_all=True, append_images=others, creationDate=when, modDate=when
    )
    return buffer.getvalue()


def till(code, lines=(), seed=1):
    """A photo of a cash register whose screen shows an error."""
    body = Image.new("RGBA", (640, 470))
    draw = ImageDraw.Draw(body)
    draw.rounded_rectangle((0, 0, 639, 469), 30, fill="#33403a")
    draw.rounded_rectangle((20, 20, 619, 330), 16, fill=GLASS)
    draw.rectangle((20, 44, 619, 92), fill="#b3261e")
    draw.text((44, 52), words("ОШИБКА ФН", "FN ERROR"), font=font(26, "Sans-Bold"), fill="white")
    draw.text((596, 52), code, font=font(26, "Sans-Bold"), fill="white", anchor="ra")
    for row, line in enumerate(lines or (words("Чек не напечатан", "Receipt not printed"), "TIMEOUT 5000 ms", "")):
        draw.text((44, 122 + row * 46), line, font=font(28, "SansMono"), fill="#d9f7df")
    draw.text((44, 276), words("ВНИЗ: повтор    СТОП: отмена", "DOWN: retry"), font=font(22, "SansMono"), fill=LIME)
    for key in range(24):
        x, y = 40 + key % 8 * 71, 350 + key // 8 * 37
        draw.rounded_rectangle((x, y, x + 60, y + 29), 7, fill="#b3261e" if key == 7 else "#55645c")
    return jpeg(laid(room(seed), body, angle=-2.5))


def receipt(shop, total, number, items=(), seed=2):
    """A photo of a printed receipt with its square code."""
    strip = Image.new("RGBA", (360, 620), PAPER)
    draw = ImageDraw.Draw(strip)
    draw.text((180, 28), words("ЛУКОШКО", "LUKOSHKO"), font=font(30, "Sans-Bold"), fill=INK, anchor="ma")
    draw.text((180, 70), shop, font=font(18), fill=INK, anchor="ma")
    lines = items or ((words("Молоко 3,2 %", "Milk"), "89.90"), (words("Хлеб ржаной", "Bread"), "54.00"))
    y = 120
    for what, price in (*lines, (words("ИТОГ", "TOTAL"), total)):
        style = "Sans-Bold" if price == total else "Sans"
        draw.text((24, y), what, font=font(19, style), fill=INK)
        draw.text((336, y), price, font=font(19, style), fill=INK, anchor="ra")
        y += 38
    draw.text(
        (24, y + 12), f"{words('ФД', 'FD')} {number}   {words('ФПД', 'FPD')} 31940{number}", font=font(15), fill=INK
    )
    draw_code(draw, (105, y + 50), 150, seed=number)
    return jpeg(laid(room(seed, tone=(170, 150, 120)), strip, angle=4))


def draw_code(draw, corner, side, seed):
    """Something that looks like a QR code and means nothing."""
    dice, cell = random.Random(str(seed)), side // 25
    for spot in range(625):
        x, y = corner[0] + spot % 25 * cell, corner[1] + spot // 25 * cell
        if dice.random() < 0.48:
            draw.rectangle((x, y, x + cell - 1, y + cell - 1), fill=INK)
    for dx, dy in ((0, 0), (18, 0), (0, 18)):
        x, y = corner[0] + dx * cell, corner[1] + dy * cell
        draw.rectangle((x, y, x + 7 * cell - 1, y + 7 * cell - 1), fill=INK)
        draw.rectangle((x + cell, y + cell, x + 6 * cell - 1, y + 6 * cell - 1), fill=PAPER)
        draw.rectangle((x + 2 * cell, y + 2 * cell, x + 5 * cell - 1, y + 5 * cell - 1), fill=INK)


def sticker(maker, model, serial, seed=3):
    """A photo of the sticker with a serial number."""
    label = Image.new("RGBA", (620, 300), "#f4f3ee")
    draw = ImageDraw.Draw(label)
    draw.rounded_rectangle((6, 6, 613, 293), 12, outline=INK, width=3)
    draw.text(
        (32, 28),
        f"{maker} {model}" if maker.isascii() else words(f"{maker} {model}", model),
        font=font(36, "Sans-Bold"),
        fill=INK,
    )
    draw.text((32, 84), "220 V  50 Hz  24 W    2024", font=font(20), fill=INK)
    dice, x = random.Random(serial), 32
    while x < 390:
        bar = dice.choice((2, 3, 5))
        draw.rectangle((x, 130, x + bar, 214), fill=INK)
        x += bar + dice.choice((3, 4, 6))
    draw.text((32, 232), f"S/N {serial}", font=font(30, "SansMono-Bold"), fill=INK)
    draw_code(draw, (436, 110), 150, seed=serial)
    return jpeg(laid(room(seed, tone=(66, 72, 74)), label, angle=-6))


def tracker(plate, minutes, seed=4):
    """A photo of a GPS tracker on a dashboard, its lamp red."""
    picture = room(seed, tone=(48, 52, 58))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((-140, 420, 480, 1040), outline="#15181b", width=56)
    for spot in ((600, 560), (760, 560)):
        draw.ellipse(
            (spot[0] - 70, spot[1] - 70, spot[0] + 70, spot[1] + 70), fill="#1b1f23", outline="#79838b", width=4
        )
        draw.line((spot[0], spot[1], spot[0] - 40, spot[1] - 34), fill="#ff7a1a", width=6)
    box = Image.new("RGBA", (430, 230))
    pen = ImageDraw.Draw(box)
    pen.rounded_rectangle((0, 0, 429, 229), 26, fill="#22272b", outline="#59636b", width=3)
    pen.text((30, 26), words("НАВИС Т-40", "NAVIS T-40"), font=font(32, "Sans-Bold"), fill="#eef2f4")
    for place, colour in enumerate(("#3ddc84", "#ff453a", "#5b646b")):
        pen.ellipse((32 + place * 70, 92, 64 + place * 70, 124), fill=colour)
    pen.text((30, 150), f"GSM --   {minutes} min", font=font(26, "SansMono"), fill="#ffb4ab")
    pen.text((30, 190), plate if plate.isascii() else words(plate, "E 418"), font=font(22), fill="#9aa5ad")
    return jpeg(laid(picture, box, angle=3, place=(0.55, 0.36)))


def act(number, title, rows, signed=True):
    """A work act on one sheet."""
    sheet = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(sheet)
    draw.text((80, 80), words("Акт выполненных работ", "Work report"), font=font(40, "Sans-Bold"), fill=INK)
    draw.text(
        (80, 142),
        number if number.isascii() else words(f"№ {number}", "No. " + number[3:]),
        font=font(26),
        fill="#56645c",
    )
    draw.text((80, 196), words(title, "Service visit"), font=font(24), fill=INK)
    for row, (what, value) in enumerate(rows):
        y = 270 + row * 66
        draw.line((80, y - 14, 820, y - 14), fill="#d6ddd8", width=2)
        draw.text((80, y), words(what, f"Item {row + 1}"), font=font(22), fill="#56645c")
        draw.text((380, y), words(value, "ok"), font=font(22), fill=INK)
    draw.text((80, 1080), words("Исполнитель", "Engineer"), font=font(20), fill="#56645c")
    draw.text((500, 1080), words("Заказчик", "Customer"), font=font(20), fill="#56645c")
    for left in (80, 500) if signed else (80,):
        curve = [(left + step * 6, 1150 - (step * 37 % 53) + step % 3 * 9) for step in range(30)]
        draw.line(curve, fill="#1f4fb5", width=4, joint="curve")
    draw.line((80, 1170, 400, 1170), fill=INK, width=2)
    draw.line((500, 1170, 820, 1170), fill=INK, width=2)
    return pdf(sheet)


def manual(title, steps):
    """Numbered instructions on one sheet."""
    sheet = Image.new("RGB", (900, 1270), "white")
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, 0, 900, 150), fill="#123b2e")
    draw.text((80, 52), words(title, "Update order"), font=font(36, "Sans-Bold"), fill="white")
    for row, step in enumerate(steps):
        y = 220 + row * 92
        draw.ellipse((80, y, 124, y + 44), fill=LIME)
        draw.text((102, y + 22), str(row + 1), font=font(22, "Sans-Bold"), fill=INK, anchor="mm")
        draw.text((150, y + 8), words(step, f"Step {row + 1}"), font=font(22), fill=INK)
    return pdf(sheet)


def firmware(seed, size=96_000):
    """Bytes that look like a firmware file and do nothing."""
    return b"AT220\x00\x05\x08\x02" + random.Random(seed).randbytes(size)
