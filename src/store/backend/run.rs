//! Many entries held closely together, for bulk loading and comparing.

/// Entries in one piece of memory.
#[derive(Clone, Debug, Default)]
pub struct Run {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    key: u32,
    value: u32,
}

impl Run {
    /// Without entries, with room for so many and for the bytes of their keys and values.
    pub fn with_room(entries: usize, bytes: usize) -> Run {
        Run {
            bytes: Vec::with_capacity(bytes),
            spans: Vec::with_capacity(entries),
        }
    }

    /// Adds an entry. Neither key nor value may reach 4 GiB.
    pub fn push(&mut self, key: &[u8], value: &[u8]) {
        self.spans.push(Span {
            start: self.bytes.len(),
            key: key.len() as u32,
            value: value.len() as u32,
        });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value);
    }

    /// Brings the entries into the order of their keys.
    pub fn sort(&mut self) {
        let bytes = &self.bytes;
        self.spans.sort_by(|a, b| a.key(bytes).cmp(b.key(bytes)));
    }

    pub fn len(&self) -> usize {
        self.spans.len()
    }

    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Bytes of all keys and values.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    pub fn entry(&self, position: usize) -> (&[u8], &[u8]) {
        let span = &self.spans[position];
        let value = span.start + span.key as usize;
        (
            span.key(&self.bytes),
            &self.bytes[value..value + span.value as usize],
        )
    }

    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        (0..self.len()).map(|position| self.entry(position))
    }

    /// How many entries of a sorted run lie before a key.
    pub fn before(&self, key: &[u8]) -> usize {
        self.spans
            .partition_point(|span| span.key(&self.bytes) < key)
    }
}

impl Span {
    fn key<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        &bytes[self.start..self.start + self.key as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_and_found() {
        let mut run = Run::default();
        for (key, value) in [("b", "2"), ("a", "1"), ("ba", "")] {
            run.push(key.as_bytes(), value.as_bytes());
        }
        run.sort();
        let entries: Vec<_> = run.iter().collect();
        assert_eq!(entries[0], (&b"a"[..], &b"1"[..]));
        assert_eq!(entries[2], (&b"ba"[..], &b""[..]));
        assert_eq!(run.before(b"b"), 1);
        assert_eq!(run.before(b"z"), 3);
        assert_eq!((run.len(), run.size(), run.is_empty()), (3, 6, false));
    }
}
