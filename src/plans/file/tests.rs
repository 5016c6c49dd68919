use super::super::{Format, ImportOptions, Imported, read};
use super::*;

/// A seat list of a Korean hall.
const LIST: &str = "구역,열,번호,등급\n가,1,1,R석\n가,1,2,R석\n나,1,1,S석\n";
const GRID: &str = "R:A1,R:A2\nS:가1,S:가2\n";

fn utf_16(text: &str, mark: bool, big: bool) -> Vec<u8> {
    let units = if mark { Some(0xfeff) } else { None }.into_iter().chain(text.encode_utf16());
    units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
}

fn cp949(text: &str) -> Vec<u8> {
    EUC_KR.encode(text).0.into_owned()
}

/// Codes and details of what refuses the file.
fn refused(file: &[u8], format: Format, repair: bool) -> Vec<(String, String)> {
    let options =
        ImportOptions { format, repair, file_name: Some("hall".to_owned()), ..ImportOptions::default() };
    let Err(report) = read(file, &options, &mut |_, _| {}) else { return Vec::new() };
    report.defects.into_iter().map(|defect| (defect.code, defect.detail)).collect()
}

/// A zip's first local header, with this name.
fn zip(names: &[&str]) -> Vec<u8> {
    let mut file = Vec::new();
    for name in names {
        file.extend(b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0");
        file.extend([0; 12]);
        file.extend((name.len() as u16).to_le_bytes());
        file.extend([0, 0]);
        file.extend(name.as_bytes());
        file.extend([0x9d, 0x53, 0xc1, 0x4e, 0xc3, 0x30, 0x0c, 0xbd]);
    }
    file
}

#[test]
fn what_is_no_plan_is_told_by_what_it_is() {
    let mut bitmap = b"BM\x1e\0\0\0".to_vec();
    bitmap.extend([0; 24]);
    let workbook: Vec<u8> = [&[0xd0, 0xcf, 0x11, 0xe0][..], &utf_16("Workbook", false, false)].concat();
    let table: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "empty"),
        (b" \r\n\t\n".to_vec(), "empty"),
        (zip(&["[Content_Types].xml", "xl/workbook.xml"]), "an Excel workbook: save it as `CSV UTF-8`"),
        (zip(&["[Content_Types].xml"])[..40].to_vec(), "is a zip archive"),
        (zip(&["[Content_Types].xml"]), "if it is a workbook, save it as `CSV UTF-8`"),
        (
            zip(&["mimetypeapplication/vnd.oasis.opendocument.spreadsheet"]),
            "OpenDocument spreadsheet: save it",
        ),
        (zip(&["word/document.xml"]), "a text document"),
        (zip(&["Index/Document.iwa"]), "Numbers"),
        (zip(&["seats.csv"]), "a zip archive: unpack it"),
        (b"PK\x03\x04".to_vec(), "a zip archive"),
        (workbook.clone(), "an old Excel workbook"),
        (workbook[..8].to_vec(), "an old Office document"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj".to_vec(), "a PDF"),
        (b"%PDF".to_vec(), "a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec(), "JPEG"),
        (b"GIF89a\x01\0\x01\0".to_vec(), "GIF"),
        (b"RIFF\x24\0\0\0WEBPVP8 ".to_vec(), "WebP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0".to_vec(), "picture"),
        (bitmap, "BMP"),
        (b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), "gzip"),
        (b"AC1027\0\0\0".to_vec(), "AutoCAD"),
        (b"  0\nSECTION\n  2\nHEADER\n".to_vec(), "DXF"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><circle id=\"R:A1\"/></svg>".to_vec(), "SVG"),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- a:1,b:2 -->\n<svg>".to_vec(), "SVG"),
        (utf_16("<?xml version=\"1.0\"?><svg>", true, false), "SVG"),
        (b"<!DOCTYPE html>\n<table><tr><td>R:A1".to_vec(), "HTML"),
        (b"<html><body style=\"a:1,b:2\">".to_vec(), "HTML"),
        (b"<plan><seat id=\"1\"/></plan>".to_vec(), "XML"),
        (b"R:A1,R:A2\n\0\0\0\x01".to_vec(), "not text"),
        ((0..=255).collect(), "not text"),
    ];
    for (file, words) in table {
        for format in [Format::Auto, Format::Csv, Format::Fairhold, Format::Pretix, Format::Seatsio] {
            let told = refused(&file, format, true);
            let [(code, detail)] = told.as_slice() else { panic!("{words}: {told:?}") };
            assert_eq!(code, "format_unknown", "{words} as {format}");
            assert!(detail.contains(words), "{words}: {detail}");
        }
    }
}

#[test]
fn text_that_is_no_plan_is_told_as_such() {
    for file in [
        "name,seat\nAnn,7\n",
        "Dear Sir: all seats are taken, as of today: none left.",
        "body { color: red; margin: 0 }\n.a:hover { top: 1px }\n",
        "2026-05-01 19:30:00 info: started\n2026-05-01 19:30:01 info: ready\n",
        "A,1,2,3\nB,1,2,3\n",
        "?!",
    ] {
        let told = refused(file.as_bytes(), Format::Auto, true);
        assert_eq!(told.len(), 1, "{file}: {told:?}");
        assert_eq!(told[0].0, "format_unknown", "{file}");
        assert!(told[0].1.contains("section,row,seat"), "{}", told[0].1);
    }
    assert_eq!(refused(b"{\"name\": \"x\",", Format::Auto, true)[0].0, "json_malformed");
    assert_eq!(refused(b"[1", Format::Auto, true)[0].0, "json_malformed");
    assert_eq!(refused(b"7", Format::Auto, true)[0].0, "wrong_type");
}

#[test]
fn a_text_that_certainly_is_in_another_encoding_is_told_and_read_when_asked() {
    let plan = r#"{"name":"홀","items":[{"id":"모자","label":"모자","capacity":1,"sellable":true}]}"#;
    for text in [LIST, GRID, plan] {
        let mut files = vec![
            (utf_16(text, true, false), "UTF-16"),
            (utf_16(text, true, true), "UTF-16"),
            (utf_16(text, false, false), "UTF-16"),
            (utf_16(text, false, true), "UTF-16"),
        ];
        if text != GRID {
            files.push((cp949(text), "CP949"));
        }
        for (file, encoding) in files {
            let told = refused(&file, Format::Auto, false);
            assert_eq!(
                told.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(),
                ["bad_encoding"],
                "{encoding}"
            );
            assert!(told[0].1.contains(encoding) && told[0].1.contains("UTF-8"), "{}", told[0].1);
            let options = ImportOptions {
                repair: true,
                file_name: Some("hall".to_owned()),
                ..ImportOptions::default()
            };
            let Imported { plan, report } = read(&file, &options, &mut |_, _| {}).unwrap();
            let plain = read(text.as_bytes(), &options, &mut |_, _| {}).unwrap();
            assert_eq!(plan.document(), plain.plan.document(), "{encoding}");
            assert_eq!(report.repaired[0].code, "bad_encoding");
        }
    }
}

#[test]
fn what_is_not_certain_is_not_guessed() {
    for text in ["Orchester:A1,Größe:B2\n", "Balkon, Reihe:Ä1\nRang:ÖÄ2\n", "Balcón:É1\n", "Ça:1,Ça:2\n"]
    {
        let latin = WINDOWS_1252.encode(text).0.into_owned();
        assert!(in_other_encoding(&latin).is_none(), "{text}");
        let told = refused(&latin, Format::Csv, true);
        assert!(told.iter().any(|(code, _)| code == "bad_encoding"), "{text}: {told:?}");
    }
    let latin = WINDOWS_1252.encode("section,row,seat\nGalería,1,1\nGalería,1,2\n").0.into_owned();
    let told = refused(&latin, Format::Auto, true);
    assert_eq!(told[0].0, "bad_encoding");
    assert!(told[0].1.contains("Galería"), "{}", told[0].1);
    for file in [&utf_16(LIST, false, false)[..7], &cp949(LIST)[..cp949(LIST).len() - 8]] {
        assert!(refused(file, Format::Auto, true).iter().all(|(code, _)| code != "json_malformed"));
    }
    let cut = &cp949(LIST)[..3];
    assert_eq!(refused(cut, Format::Auto, true)[0].0, "bad_encoding");
}
