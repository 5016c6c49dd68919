//! What a file is before anybody reads it as a plan: text in UTF-8, text that certainly is in another encoding, or
//! something else, with words about how to get a plan out of it.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A file as text in UTF-8, as far as it is that.
pub(super) struct Opened<'f> {
    pub(super) text: Cow<'f, [u8]>,
    /// The encoding that it was in, if that is certain and not UTF-8.
    pub(super) was: Option<&'static str>,
}

/// It is no text that anybody could read a plan from: what it is, and what to do.
pub(super) type NoPlan = String;

/// The text of a file, or what it is instead.
pub(super) fn open(file: &[u8]) -> Result<Opened<'_>, NoPlan> {
    if file.trim_ascii().is_empty() {
        return Err("the file is empty".to_owned());
    }
    if let Some(told) = by_magic(file) {
        return Err(told);
    }
    let opened = match in_other_encoding(file) {
        Some((encoding, text)) => Opened { text: Cow::Owned(text.into_bytes()), was: Some(encoding) },
        None => Opened { text: Cow::Borrowed(file), was: None },
    };
    if let Some(told) = by_markup(&opened.text) {
        return Err(told.to_owned());
    }
    if is_binary(&opened.text) {
        return Err("is not text: a plan is a JSON file or a CSV file".to_owned());
    }
    Ok(opened)
}

/// What to do with a workbook.
const SAVE_AS_CSV: &str = "save it as `CSV UTF-8` and import that";

/// Files that begin in a way of their own.
const MAGIC: [(&[u8], &str); 20] = [
    (b"%PDF", "is a PDF: it shows seats, but does not list them. Export a seat list as CSV"),
    (b"\x89PNG", "is a picture (PNG), not a plan"),
    (b"\xff\xd8\xff", "is a picture (JPEG), not a plan"),
    (b"GIF8", "is a picture (GIF), not a plan"),
    (b"II*\0", "is a picture (TIFF), not a plan"),
    (b"MM\0*", "is a picture (TIFF), not a plan"),
    (b"8BPS", "is a Photoshop picture, not a plan"),
    (b"%!PS", "is PostScript: it shows seats, but does not list them. Export a seat list as CSV"),
    (b"AC10", "is an AutoCAD drawing: it shows seats, but does not list them. Export a seat list as CSV"),
    (b"\x1f\x8b", "is compressed (gzip): unpack it and import what is inside"),
    (b"BZh", "is compressed (bzip2): unpack it and import what is inside"),
    (b"\xfd7zXZ\0", "is compressed (xz): unpack it and import what is inside"),
    (b"\x28\xb5\x2f\xfd", "is compressed (zstd): unpack it and import what is inside"),
    (b"7z\xbc\xaf\x27\x1c", "is an archive (7z): unpack it and import what is inside"),
    (b"Rar!", "is an archive (RAR): unpack it and import what is inside"),
    (b"SQLite format 3\0", "is a SQLite database, not a plan"),
    (b"{\\rtf", "is a text document (RTF), not a plan"),
    (b"\x7fELF", "is a program, not a plan"),
    (b"wOFF", "is a font, not a plan"),
    (b"PAR1", "is a Parquet file, not a plan"),
];

fn by_magic(file: &[u8]) -> Option<String> {
    if file.starts_with(b"PK\x03\x04") || file.starts_with(b"PK\x05\x06") {
        return Some(zipped(file));
    }
    if file.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(office(file));
    }
    if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP".as_slice()) {
        return Some("is a picture (WebP), not a plan".to_owned());
    }
    if file.get(4..8) == Some(b"ftyp".as_slice()) {
        return Some("is a picture or a film, not a plan".to_owned());
    }
    // Its size stands in its head; a text may begin with the same two letters.
    let size = file.get(2..6).map(|size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]));
    if file.starts_with(b"BM") && size.is_some_and(|size| size as usize == file.len()) {
        return Some("is a picture (BMP), not a plan".to_owned());
    }
    MAGIC.iter().find(|(magic, _)| file.starts_with(magic)).map(|(_, told)| (*told).to_owned())
}

fn has(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

/// A zip, or one of the documents that are zips inside: names of parts stand in it as they are.
fn zipped(file: &[u8]) -> String {
    // A part of a large file would show it; so does its directory at the end.
    let (start, end) = (&file[..file.len().min(65_536)], &file[file.len().saturating_sub(65_536)..]);
    let holds = |part: &[u8]| has(start, part) || has(end, part);
    if holds(b"xl/") {
        return format!("is an Excel workbook: {SAVE_AS_CSV}");
    }
    if holds(b"opendocument.spreadsheet") {
        return format!("is an OpenDocument spreadsheet: {SAVE_AS_CSV}");
    }
    if holds(b".iwa") {
        return format!("is a Numbers or Pages document: if it is a table, {SAVE_AS_CSV}");
    }
    if holds(b"word/") || holds(b"opendocument") || holds(b"ppt/") {
        return "is a text document or slides, not a plan".to_owned();
    }
    // A workbook that was cut off early shows only what any such document begins with.
    if holds(b"[Content_Types].xml") {
        return format!("is an Office document: if it is a workbook, {SAVE_AS_CSV}");
    }
    "is a zip archive: unpack it and import what is inside".to_owned()
}

fn office(file: &[u8]) -> String {
    let wide: Vec<u8> = "Workbook".bytes().flat_map(|byte| [byte, 0]).collect();
    match has(file, &wide) {
        true => format!("is an old Excel workbook: {SAVE_AS_CSV}"),
        false => format!("is an old Office document: if it is a workbook, {SAVE_AS_CSV}"),
    }
}

/// So much of a text shows what it is.
const HEAD_LEN: usize = 4096;

/// Drawings and pages are text, but of tags.
fn by_markup(text: &[u8]) -> Option<&'static str> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text).trim_ascii_start();
    if text.first() != Some(&b'<') {
        let dxf = text.starts_with(b"0\r\nSECTION") || text.starts_with(b"0\nSECTION");
        return dxf.then_some(
            "is a CAD drawing (DXF): it shows seats, but does not list them. Export a seat list as CSV",
        );
    }
    let head = text[..text.len().min(HEAD_LEN)].to_ascii_lowercase();
    Some(match head {
        _ if has(&head, b"<svg") => {
            "is a drawing (SVG): it shows seats, but does not list them. Export a seat list as CSV"
        }
        _ if has(&head, b"urn:schemas-microsoft-com:office:spreadsheet") => {
            "is an Excel workbook (XML): save it as `CSV UTF-8` and import that"
        }
        _ if has(&head, b"<html") || has(&head, b"<!doctype html") || has(&head, b"<table") => {
            "is a web page (HTML), not a plan. Of a table on it, make a CSV file"
        }
        _ => "is XML, which no plan is in. Export it as JSON or a seat list as CSV",
    })
}

fn is_binary(text: &[u8]) -> bool {
    let odd = text.iter().filter(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31)).count();
    text.contains(&0) || odd * 20 > text.len()
}

/// The name of the encoding and the text, where both are certain. None: it is UTF-8, or nobody knows.
fn in_other_encoding(file: &[u8]) -> Option<(&'static str, String)> {
    if let Some((encoding, mark)) =
        Encoding::for_bom(file).filter(|(encoding, _)| *encoding != encoding_rs::UTF_8)
    {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&file[mark..])?;
        return Some(("UTF-16", text.into_owned()));
    }
    if let Some(text) = without_mark_utf_16(file) {
        return Some(("UTF-16", text));
    }
    if std::str::from_utf8(file).is_ok() {
        return None;
    }
    korean(file).map(|text| ("CP949 (EUC-KR)", text))
}

/// Latin letters and separators have a zero byte each, nearly all on the same side; no other text has any.
fn without_mark_utf_16(file: &[u8]) -> Option<String> {
    let zeros = |side: usize| file.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    // A few syllables have one on the other side.
    let encoding = match (zeros(0), zeros(1)) {
        (high, low) if low * 10 >= file.len() && low >= 4 * high => UTF_16LE,
        (high, low) if high * 10 >= file.len() && high >= 4 * low => UTF_16BE,
        _ => return None,
    };
    // A text that was cut off in the middle of a letter is not certain.
    let text = encoding.decode_without_bom_handling_and_without_replacement(file)?;
    (!text.chars().any(|c| c == '\0' || c == '\u{fffe}')).then(|| text.into_owned())
}

/// Every letter beyond ASCII is Hangul of the common table, and some of them make a word. Texts in the encodings of
/// Western Europe have single letters there, or ones that are no Hangul.
fn korean(file: &[u8]) -> Option<String> {
    let text = EUC_KR.decode_without_bom_handling_and_without_replacement(file)?;
    let is_hangul = |c: char| ('가'..='힣').contains(&c) || ('ㄱ'..='ㆎ').contains(&c);
    let beyond: Vec<char> = text.chars().filter(|c| !c.is_ascii()).collect();
    let hangul = beyond.iter().filter(|c| is_hangul(**c)).count();
    let mut words = text.split(|c: char| !is_hangul(c));
    let is_certain = hangul * 10 >= beyond.len() * 9 && words.any(|word| word.chars().count() >= 2);
    (is_certain && is_common(file)).then(|| text.into_owned())
}

/// Whether nearly all pairs of bytes are of the table that Korean texts are written with, not of its extension.
fn is_common(file: &[u8]) -> bool {
    let (mut common, mut rare, mut rest) = (0usize, 0usize, file);
    while let Some((&first, behind)) = rest.split_first() {
        if first < 0x80 {
            rest = behind;
            continue;
        }
        let Some((&second, behind)) = behind.split_first() else { break };
        if second >= 0xa1 {
            common += 1
        } else {
            rare += 1
        }
        rest = behind;
    }
    rare * 10 <= common
}

/// How a line that is not UTF-8 reads in the encoding of Western Europe, to be recognised by people.
pub(super) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    WINDOWS_1252.decode_without_bom_handling(bytes).0
}

#[cfg(test)]
mod tests;
