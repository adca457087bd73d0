//! Text built line by line, wrapped to a width that can be printed and read.

/// Columns of a page.
pub const WIDTH: usize = 100;
/// Where the text after a label begins, from the label's first column.
const LABEL: usize = 12;

/// A text under construction.
#[derive(Debug, Default)]
pub struct Page {
    text: String,
}

impl Page {
    /// The text so far.
    pub fn into_text(self) -> String {
        self.text
    }

    /// An empty line, unless the page is empty or already ends with one.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading with an empty line before it.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.line(0, text);
    }

    /// A text, indented and wrapped.
    pub fn line(&mut self, indent: usize, text: &str) {
        self.wrapped(&" ".repeat(indent), indent, text);
    }

    /// A text after a mark, as in `  1. text`; further lines stand under the text.
    pub fn item(&mut self, indent: usize, mark: &str, text: &str) {
        let first = format!("{}{mark} ", " ".repeat(indent));
        let hang = first.chars().count();
        self.wrapped(&first, hang, text);
    }

    /// A label and its text; nothing where the text is empty.
    pub fn field(&mut self, indent: usize, label: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let first = format!("{}{label:<LABEL$}", " ".repeat(indent));
        self.wrapped(&first, indent + LABEL, text);
    }

    /// A label and its texts, one a line; nothing where there are none.
    pub fn fields(&mut self, indent: usize, label: &str, texts: &[String]) {
        let mut label = label;
        for text in texts {
            self.field(indent, label, text);
            label = "";
        }
    }

    /// A block that is already laid out.
    pub fn block(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            self.push(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    fn wrapped(&mut self, first: &str, hang: usize, text: &str) {
        let mut line = first.to_owned();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            let needed = line.chars().count() + usize::from(!is_empty) + word.chars().count();
            if !is_empty && needed > WIDTH {
                self.push(&line);
                line = " ".repeat(hang);
                is_empty = true;
            }
            if !is_empty {
                line.push(' ');
            }
            line.push_str(word);
            is_empty = false;
        }
        self.push(&line);
    }

    /// Adds a line. Control characters, which a name in a file may hold, never reach the terminal.
    fn push(&mut self, line: &str) {
        let safe = line.trim_end().chars().filter(|c| !c.is_control());
        self.text.extend(safe);
        self.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_hang_under_their_beginning() {
        let mut page = Page::default();
        page.item(2, "1.", &"word ".repeat(40));
        let text = page.into_text();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(
            text.lines()
                .nth(1)
                .is_some_and(|line| line.starts_with("     word"))
        );
    }

    #[test]
    fn control_characters_are_left_out() {
        let mut page = Page::default();
        page.line(0, "a\u{1b}[31mred");
        assert_eq!(page.into_text(), "a[31mred\n");
    }
}
