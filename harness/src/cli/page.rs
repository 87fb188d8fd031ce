//! The reference in `docs/configuration.md`: its tables are made of the table of settings, and a test compares.

use super::table::{Flag, Group, Row, SWITCH, TABLE, Takes};
use expect_test::expect_file;

/// What surrounds the generated part of the page.
const BEGIN: &str =
    "<!-- made from the table of settings: UPDATE_EXPECT=1 cargo test -p async-harness --lib -- page -->\n";
const END: &str = "<!-- end of what is made -->\n";

#[test]
fn the_page_is_that_of_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/configuration.md");
    let page = std::fs::read_to_string(path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page says where the tables begin");
    let (_, after) = rest.split_once(END).expect("and where they end");
    let tables: String = Group::ALL.into_iter().map(table).collect();
    expect_file![path].assert_eq(&format!("{before}{BEGIN}\n{tables}{END}{after}"));
}

fn table(group: Group) -> String {
    let title = group.title();
    let head = format!(
        "### {title}\n\n| command line | variable | `main!` | by default | |\n|---|---|---|---|---|\n"
    );
    let rows = TABLE.iter().filter(|row| row.group == group).map(|row| line(row));
    format!("{head}{}\n", rows.collect::<String>())
}

fn line(row: &Row) -> String {
    let flags = row.flags.iter().map(|flag| code(&usage(flag)));
    let flags = if row.name == "filter" { code("FILTER...") } else { list(flags) };
    let variables = list(row.variables.iter().map(|variable| code(variable.name)));
    let main = list(row.main.into_iter().map(code));
    let own = row.flags.iter().filter_map(|flag| Some(format!("`{}`: {}.", flag.name, flag.help?)));
    let wanted = match row.wanted {
        "" | SWITCH => None,
        wanted => Some(format!("A value is {wanted}.")),
    };
    let help = [format!("{}.", row.help)].into_iter().chain(own).chain(wanted).collect::<Vec<_>>().join(" ");
    format!("| {flags} | {variables} | {main} | {} | {help} |\n", row.default)
}

/// `--flag VALUE`, as a user writes it.
fn usage(flag: &Flag) -> String {
    let value = match flag.takes {
        Takes::Value(word) => format!(" {word}"),
        Takes::Maybe(word, _) => format!("[={word}]"),
        Takes::Nothing(_) => String::new(),
    };
    match flag.short {
        Some(short) => format!("-{short}, {}{value}", flag.name),
        None => format!("{}{value}", flag.name),
    }
}

/// In a cell of a table, where a bar would end the cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn list(texts: impl Iterator<Item = String>) -> String {
    texts.collect::<Vec<_>>().join(", ")
}
