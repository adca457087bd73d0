//! A record on its way out: lines as a tree, kept lines put back where they stood, and the tree as text.

use super::writer::Version;

/// A longer value is folded in 5.5.1, in characters.
const FOLD: usize = 200;
/// Of these one stands below a line: what was kept replaces what was made.
const SINGLE: [&str; 6] = ["DATE", "TYPE", "PEDI", "SEX", "RESN", "STAT"];

#[derive(Debug, Default)]
pub struct Node {
    pub tag: String,
    pub value: String,
    /// Not text but a reference, written as it is.
    pub is_pointer: bool,
    pub xref: String,
    pub children: Vec<Node>,
}

impl Node {
    pub fn new(tag: &str, value: &str) -> Node {
        Node {
            tag: tag.to_owned(),
            value: value.to_owned(),
            is_pointer: false,
            xref: String::new(),
            children: Vec::new(),
        }
    }

    pub fn pointer(tag: &str, xref: &str) -> Node {
        let mut node = Node::new(tag, &format!("@{xref}@"));
        node.is_pointer = true;
        node
    }

    pub fn with(mut self, child: Node) -> Node {
        self.children.push(child);
        self
    }

    pub fn with_text(self, tag: &str, value: &str) -> Node {
        if value.trim().is_empty() {
            return self;
        }
        self.with(Node::new(tag, value.trim()))
    }

    /// The line of a path such as `RESI#2` or `NAME Ann /Lee/`, made if there is none.
    pub fn at(&mut self, name: &str) -> &mut Node {
        let (tag, value) = name.split_once(' ').unwrap_or((name, ""));
        let (tag, nth) = tag.split_once('#').unwrap_or((tag, "1"));
        let skipped = nth.parse::<usize>().unwrap_or(1).saturating_sub(1);
        let fits = |child: &&Node| child.tag == tag && (value.is_empty() || child.value == value);
        let found = self
            .children
            .iter()
            .enumerate()
            .filter(|(_, child)| fits(child));
        let position = found.map(|(position, _)| position).nth(skipped);
        let position = position.unwrap_or_else(|| {
            let mut made = Node::new(tag, value);
            made.is_pointer = value.starts_with('@') && value.ends_with('@');
            self.children.push(made);
            self.children.len() - 1
        });
        &mut self.children[position]
    }

    /// Puts back lines that were kept.
    pub fn put_back(&mut self, kept: Vec<Node>) {
        for node in kept {
            let same = self.children.iter().position(|child| child.tag == node.tag);
            match same {
                Some(position) if SINGLE.contains(&node.tag.as_str()) => {
                    self.children[position] = node;
                }
                _ if node.children.is_empty() && self.has_line(&node) => {}
                _ => self.children.push(node),
            }
        }
    }

    fn has_line(&self, node: &Node) -> bool {
        self.children
            .iter()
            .any(|child| child.tag == node.tag && child.value == node.value)
    }

    /// Writes the record.
    pub fn write(&self, version: Version, out: &mut String) {
        // A list instead of recursion: kept lines may be as deep as a hostile file made them.
        let mut open = vec![(self, 0u32)];
        while let Some((node, level)) = open.pop() {
            node.write_line(level, version, out);
            open.extend(node.children.iter().rev().map(|child| (child, level + 1)));
        }
    }

    fn write_line(&self, level: u32, version: Version, out: &mut String) {
        let xref = if self.xref.is_empty() {
            String::new()
        } else {
            format!("@{}@ ", self.xref)
        };
        let mut first = true;
        for line in self.value.split('\n') {
            let line = line.trim_end_matches('\r');
            let text = match version {
                Version::V5 if self.is_pointer => line.to_owned(),
                Version::V7 if self.is_pointer && !line.starts_with("@#") => line.to_owned(),
                Version::V5 => line.replace('@', "@@"),
                Version::V7 if line.starts_with('@') => format!("@{line}"),
                Version::V7 => line.to_owned(),
            };
            let mut pieces = folded(&text, version).into_iter();
            let piece = pieces.next().unwrap_or_default();
            let head = if first {
                format!("{level} {xref}{}", self.tag)
            } else {
                format!("{} CONT", level + 1)
            };
            push_line(out, &head, piece);
            for piece in pieces {
                push_line(out, &format!("{} CONC", level + 1), piece);
            }
            first = false;
        }
    }
}

fn push_line(out: &mut String, head: &str, value: &str) {
    out.push_str(head);
    if !value.is_empty() {
        out.push(' ');
        out.push_str(value);
    }
    out.push('\n');
}

/// Pieces that do not end or begin with a space or an @ sign; 7.0 does not fold.
fn folded(text: &str, version: Version) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while version == Version::V5 && rest.len() > FOLD {
        let is_good = |at: usize| {
            rest.is_char_boundary(at)
                && ![b' ', b'@'].contains(&rest.as_bytes()[at])
                && ![b' ', b'@'].contains(&rest.as_bytes()[at - 1])
        };
        let Some(end) = (FOLD / 2..FOLD).rev().find(|at| is_good(*at)) else {
            break;
        };
        let (piece, more) = rest.split_at(end);
        pieces.push(piece);
        rest = more;
    }
    pieces.push(rest);
    pieces
}

/// Kept text as nodes; `name` gives the reference that a pointer has in this file, `prefix` stands before every tag.
pub fn parse_kept(text: &str, prefix: &str, name: &dyn Fn(&str) -> Option<String>) -> Vec<Node> {
    let mut done: Vec<Node> = Vec::new();
    let mut open: Vec<Node> = Vec::new();
    let close = |open: &mut Vec<Node>, done: &mut Vec<Node>| {
        if let Some(node) = open.pop() {
            match open.last_mut() {
                Some(above) => above.children.push(node),
                None => done.push(node),
            }
        }
    };
    for line in text.lines() {
        let Some((level, rest)) = line.split_once(' ') else {
            continue;
        };
        let level: usize = level.parse().unwrap_or_default();
        let (xref, rest) = match rest
            .strip_prefix('@')
            .and_then(|rest| rest.split_once("@ "))
        {
            Some((xref, rest)) => (xref, rest),
            None => ("", rest),
        };
        let (tag, value) = rest.split_once(' ').unwrap_or((rest, ""));
        while open.len() > level {
            close(&mut open, &mut done);
        }
        if let Some(above) = open.last_mut()
            && matches!(tag, "CONT" | "CONC")
        {
            if tag == "CONT" {
                above.value.push('\n');
            }
            above.value.push_str(&value.replace("@@", "@"));
            continue;
        }
        let pointed = value
            .trim()
            .strip_prefix('@')
            .and_then(|value| value.strip_suffix('@'))
            .filter(|value| !value.contains('@') && !value.starts_with('#'));
        let mut node = Node::new(&format!("{prefix}{tag}"), &value.replace("@@", "@"));
        if !prefix.is_empty() && tag.starts_with('_') {
            node.tag = tag.to_owned();
        }
        node.xref = xref.to_owned();
        if let Some(pointed) = pointed {
            node.is_pointer = true;
            node.value = format!("@{}@", name(pointed).unwrap_or_else(|| pointed.to_owned()));
        } else if value.starts_with("@#") {
            node.is_pointer = true;
        }
        open.push(node);
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

impl Drop for Node {
    /// Without recursion, as kept lines may be very deep.
    fn drop(&mut self) {
        let mut open = std::mem::take(&mut self.children);
        while let Some(mut node) = open.pop() {
            open.append(&mut node.children);
        }
    }
}
