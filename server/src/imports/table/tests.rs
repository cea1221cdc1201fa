//! Files of every make, real ones among them, as tables or with the reason why not.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::PathBuf;

use super::*;

/// The shared test files, when they are here.
pub(in crate::imports) fn data(path: &str) -> Option<PathBuf> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: {path} is not among the test files of this machine");
    None
}

fn rows(content: impl Into<Vec<u8>>) -> Vec<(usize, Vec<String>)> {
    read(content.into())
        .unwrap()
        .rows()
        .map(|row| (row.number, row.cells))
        .collect()
}

#[test]
fn csv_of_every_make_is_read() {
    let expected = [
        (1, vec!["编号".to_owned(), "名称".to_owned()]),
        (2, vec!["001".to_owned(), "甲, 乙".to_owned()]),
    ];
    let text = "编号,名称\n001,\"甲, 乙\"\n";
    let (gb18030, ..) = encoding_rs::GB18030.encode(text);
    let utf_16 = |little: bool| {
        let bytes = text
            .encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() });
        let mark = if little { [0xFF, 0xFE] } else { [0xFE, 0xFF] };
        mark.into_iter().chain(bytes).collect::<Vec<u8>>()
    };
    for content in [
        text.as_bytes().to_vec(),
        format!("\u{feff}{text}").into_bytes(),
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.trim_end().as_bytes().to_vec(),
        gb18030.into_owned(),
        utf_16(true),
        utf_16(false),
        "编号;名称\n001;甲, 乙\n".as_bytes().to_vec(),
        "编号\t名称\n001\t甲, 乙\n".as_bytes().to_vec(),
        "编号,名称\n 001 ,\" 甲, 乙 \"\n".as_bytes().to_vec(),
    ] {
        assert_eq!(
            rows(content.clone()),
            expected,
            "{:?}",
            String::from_utf8_lossy(&content)
        );
    }
    assert_eq!(rows("sep=;\na,b;c\n"), [(2, vec!["a,b".to_owned(), "c".to_owned()])]);
}

#[test]
fn rows_have_the_numbers_a_spreadsheet_shows() {
    for end in ["\n", "\r\n", "\r"] {
        let text = "a,b\n\n1,\"two\nlines\"\n2,x\n\n,\n3,y".replace('\n', end);
        let numbers: Vec<usize> = rows(text).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 3, 4, 7], "{end:?}");
    }
}

/// Every row a table of codes and names is read as; broken ones are marked.
fn codes(content: &str) -> String {
    let table = read(content.as_bytes().to_vec()).unwrap();
    let mark = |row: &Row| if row.fault.is_some() { "!" } else { "" };
    let codes: Vec<String> = table
        .rows()
        .map(|row| format!("{}{}:{}", row.number, mark(&row), row.cell(0)))
        .collect();
    codes.join(" ")
}

#[test]
fn a_broken_quote_costs_its_row_only() {
    for (content, expected) in [
        // A quote that is never closed.
        ("k,n,x\nK0,a,\nK1,\"b,\nK2,c,\nK3,d,", "1:k 2:K0 3!:K1 4:K2 5:K3"),
        ("k,n\nK0,a\nK1,\"b\nK2,c\n\nK3,d\n", "1:k 2:K0 3!:K1 4:K2 6:K3"),
        // One that is closed by the quote of another row.
        ("k,n\nK1,\"b\nK2,\"c, c\"\nK3,d\n", "1:k 2!:K1 3:K2 4:K3"),
        ("k,n\nK1,\"b\nK2,c\"\nK3,d\n", "1:k 2!:K1 3!:K2 4:K3"),
        (
            "k,n,x\nK1,\"b,y\nK2,c,z\nK3,d\",w\nK4,e,\n",
            "1:k 2!:K1 3!:K2 4!:K3 5:K4",
        ),
        ("k,n,x\nK1,\"b,y\nK2,c\"\nK3,d,w\n", "1:k 2!:K1 3!:K2 4:K3"),
        // One that ends too early.
        ("k,n\nK1,\"a\"b\nK2,c\n", "1:k 2!:K1 3:K2"),
        // What is left of a long cell is no row.
        ("k,n,x\nK1,\"b\"b\nmore\",y\nK2,c,z\n", "1:k 2!:K1 3!:more\" 4:K2"),
        (
            "k,n,x\nK1,\"b\nmore, and\nmore\nK2,c,z\n",
            "1:k 2!:K1 3!:more 4!:more 5:K2",
        ),
        // Quotes as they should be.
        (
            "k,n,x\nK1,\"b\nmore, and \"\"more\"\"\",y\nK2,\"\",z\n",
            "1:k 2:K1 3:K2",
        ),
        ("k,n\n\"K\n1\",\"b\n\nb\"\nK2,5\" pipe\n", "1:k 2:K\n1 3:K2"),
    ] {
        assert_eq!(codes(content), expected, "{content:?}");
    }
}

#[test]
fn one_control_character_does_not_make_a_text_binary() {
    for control in ['\0', '\u{7}', '\u{1b}'] {
        let text = format!("客户编号,客户名称\n1,甲{control}公司\n2,乙公司\n");
        assert_eq!(rows(text)[1].1[1], format!("甲{control}公司"));
    }
}

#[test]
fn what_is_no_table_is_refused_with_the_reason() {
    for (content, expected) in [
        (Vec::new(), Unreadable::Empty),
        (b"\n\n ,\n".to_vec(), Unreadable::Empty),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), Unreadable::NotATable),
        (b"%PDF-1.7 and so on".to_vec(), Unreadable::NotATable),
        (b"\x7fELF\x02\x01\x01\0".to_vec(), Unreadable::NotATable),
        (vec![0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], Unreadable::Encoding),
        (vec![0x61, 0xFF, 0xFF, 0x62], Unreadable::Encoding),
    ] {
        assert_eq!(read(content.clone()), Err(expected), "{content:?}");
    }
    assert!(matches!(
        read(b"PK\x03\x04nonsense".to_vec()),
        Err(Unreadable::Damaged(_))
    ));
    assert!(matches!(
        read(vec![0xD0, 0xCF, 0x11, 0xE0, 1, 2, 3]),
        Err(Unreadable::Damaged(_))
    ));
    assert!(matches!(
        read_file(Path::new("/nowhere/x.csv")),
        Err(Unreadable::Io(std::io::ErrorKind::NotFound, _))
    ));
}

#[test]
fn a_declared_size_is_not_believed() {
    let Some(file) = data("06_xlsx/szse/A股列表.xlsx") else {
        return;
    };
    let rows: Vec<Row> = read_file(&file).unwrap().rows().collect();
    assert_eq!(rows.len(), 2_881);
    assert_eq!(
        (rows[0].cell(1), rows[1].cell(4), rows[2_880].number),
        ("公司全称", "000001", 2_881)
    );
}

#[test]
fn a_workbook_cut_short_is_damaged_wherever_it_is_cut() {
    let Some(file) = data("06_xlsx/szse/A股列表.xlsx") else {
        return;
    };
    let content = std::fs::read(file).unwrap();
    for share in [1, 10, 50, 90, 99] {
        let cut = content[..content.len() * share / 100].to_vec();
        assert!(matches!(read(cut), Err(Unreadable::Damaged(_))), "{share} %");
    }
}

#[test]
fn no_workbook_of_anybody_brings_the_program_down() {
    let Some(folder) = data("06_xlsx/calamine") else { return };
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let result = read_file(&path);
        read += usize::from(result.is_ok());
        if path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("pass_protected")
        {
            assert_eq!(result, Err(Unreadable::Password), "{}", path.display());
        }
    }
    assert!(read > 80, "{read} workbooks could be read");
}

#[test]
fn damaged_workbooks_are_refused() {
    let Some(folder) = data("10_crm_templates/odoo/damaged") else {
        return;
    };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            matches!(read_file(&path), Err(Unreadable::Damaged(_))),
            "{}",
            path.display()
        );
    }
}

#[test]
fn dates_and_numbers_of_a_workbook_become_plain_text() {
    let Some(file) = data("06_xlsx/calamine/date.xlsx") else {
        return;
    };
    let text: Vec<Vec<String>> = read_file(&file).unwrap().rows().map(|row| row.cells).collect();
    assert!(
        text.iter().flatten().any(|cell| cell.starts_with("2021-01-01")),
        "{text:?}"
    );
}
