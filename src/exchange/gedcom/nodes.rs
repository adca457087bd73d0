//! A record on its way out: lines as a tree, kept lines put back where they stood, and the tree as text.

use super::kept::{OWN_VALUE, REPLACES};
use super::lines::unescaped;
use super::versions::{fold_phrases, translate};
use super::writer::Version;
use crate::model::ids::SourceId;

/// A longer value is folded in 5.5.1, in characters.
const FOLD: usize = 200;
#[derive(Debug, Default)]
pub struct Node {
    pub tag: String,
    pub value: String,
    /// Not text but a reference, written as it is.
    pub is_pointer: bool,
    pub xref: String,
    pub children: Vec<Node>,
    /// Of a citation made of a fact.
    pub source: Option<SourceId>,
    /// Of a kept line: it takes the place of the one that a fact becomes.
    pub replaces: bool,
}

impl Node {
    pub fn new(tag: &str, value: &str) -> Node {
        Node {
            tag: tag.to_owned(),
            value: value.to_owned(),
            is_pointer: false,
            xref: String::new(),
            children: Vec::new(),
            source: None,
            replaces: false,
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
        for mut node in kept {
            if node.tag == OWN_VALUE {
                self.value = std::mem::take(&mut node.value);
                continue;
            }
            let same = self.children.iter().position(|child| child.tag == node.tag);
            match same {
                Some(position) if node.replaces => self.children[position] = node,
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

    /// The value of the first line directly below with this tag.
    pub fn child_text(&self, tag: &str) -> Option<&str> {
        let found = self.children.iter().find(|child| child.tag == tag);
        found.map(|child| child.value.as_str())
    }

    /// Brings the lines below a record into the order of their tags, and those of one tag into that in which they came.
    pub fn put_in_order(&mut self) {
        self.children.sort_by_key(|child| rank(&child.tag));
    }

    /// Puts phrases where 5.5.1 has them, everywhere below.
    pub fn fold_phrases(&mut self) {
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            fold_phrases(node);
            open.extend(node.children.iter_mut());
        }
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
                Version::V5 if self.is_pointer || self.tag == "DATE" => line.to_owned(),
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

/// Where the lines of a tag stand below a record.
fn rank(tag: &str) -> u8 {
    match tag {
        "RESN" => 0,
        "HUSB" => 1,
        "WIFE" => 2,
        "NAME" | "TITL" | "AUTH" => 3,
        "_UNNAMED" => 4,
        "SEX" => 5,
        "BIRT" => 6,
        "CHR" | "BAPM" => 7,
        "DEAT" => 8,
        "BURI" | "CREM" => 9,
        "RESI" => 11,
        "CHIL" => 12,
        "FAMC" => 13,
        "FAMS" => 14,
        "ASSO" => 15,
        "NOTE" | "SNOTE" => 16,
        "SOUR" => 17,
        "OBJE" => 18,
        "REFN" | "RIN" | "EXID" | "UID" => 19,
        "CHAN" => 20,
        "CREA" => 21,
        tag if tag.starts_with('_') => 22,
        _ => 10,
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

/// How kept text becomes nodes of another file.
pub struct Reading<'f> {
    /// What the text was written in.
    pub from: Version,
    pub to: Version,
    /// The reference that a pointer has in the other file.
    pub name: &'f dyn Fn(&str) -> Option<String>,
}

/// Kept text as nodes; `above` are the tags that it stands under.
pub fn parse_kept(text: &str, above: &[&str], reading: &Reading<'_>) -> Vec<Node> {
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
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((level, mut node)) = parse_line(line, reading) else {
            continue;
        };
        while let Some((_, more)) = lines
            .peek()
            .and_then(|line| parse_line(line, reading))
            .filter(|(below, more)| *below > level && matches!(more.tag.as_str(), "CONT" | "CONC"))
        {
            if more.tag == "CONT" {
                node.value.push('\n');
            }
            node.value.push_str(&more.value);
            lines.next();
        }
        while open.len() > level {
            close(&mut open, &mut done);
        }
        if reading.from != reading.to {
            let (first, last) = (open.first(), open.last().filter(|_| open.len() > 1));
            let tags = [first, last].into_iter().flatten();
            let path: Vec<&str> = above
                .iter()
                .copied()
                .chain(tags.map(|node| node.tag.as_str()))
                .collect();
            translate(&mut node, &path, reading.to);
        }
        open.push(node);
    }
    while !open.is_empty() {
        close(&mut open, &mut done);
    }
    done
}

/// One kept line with its level.
fn parse_line(line: &str, reading: &Reading<'_>) -> Option<(usize, Node)> {
    let (level, rest) = line.split_once(' ')?;
    let (xref, rest) = match rest
        .strip_prefix('@')
        .and_then(|rest| rest.split_once("@ "))
    {
        Some((xref, rest)) => (xref, rest),
        None => ("", rest),
    };
    let (tag, value) = rest.split_once(' ').unwrap_or((rest, ""));
    let pointed = value
        .trim()
        .strip_prefix('@')
        .and_then(|value| value.strip_suffix('@'))
        .filter(|value| !value.is_empty() && !value.contains('@') && !value.starts_with('#'));
    let replaces = tag.ends_with(REPLACES);
    let tag = tag.trim_end_matches(REPLACES);
    let mut node = Node::new(tag, &unescaped(value, reading.from == Version::V7));
    node.replaces = replaces;
    node.xref = xref.to_owned();
    if let Some(pointed) = pointed {
        node.is_pointer = true;
        let name = (reading.name)(pointed);
        node.value = format!("@{}@", name.unwrap_or_else(|| pointed.to_owned()));
    } else if value.starts_with("@#") {
        node.is_pointer = true;
    }
    Some((level.parse().unwrap_or_default(), node))
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
