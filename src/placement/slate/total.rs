//! The slate that is worth most in all: an assignment problem, solved by shortest augmenting paths
//! (R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear assignment problems",
//! Computing 38 (1987); in the form of D. F. Crouse, IEEE Transactions on Aerospace and Electronic Systems 52 (2016)).

use super::offers::Offers;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The family of each group, so that the sum of what the placements are worth is the greatest there is.
/// `go_on` is asked once a path; its error ends the work.
pub fn greatest_total<E>(
    offers: &Offers,
    go_on: impl Fn() -> Result<(), E>,
) -> Result<Vec<Option<u32>>, E> {
    // A path is short while many are free on the other side, so the smaller side asks.
    let turned = offers.turned();
    if offers.groups() <= turned.groups() {
        return assign(offers, turned.groups(), go_on);
    }
    let of_families = assign(&turned, offers.groups(), go_on)?;
    let mut of_groups = vec![None; offers.groups()];
    for (family, group) in of_families.into_iter().enumerate() {
        if let Some(group) = group {
            of_groups[group as usize] = Some(family as u32);
        }
    }
    Ok(of_groups)
}

fn assign<E>(
    rows: &Offers,
    columns: usize,
    go_on: impl Fn() -> Result<(), E>,
) -> Result<Vec<Option<u32>>, E> {
    let mut slate = Slate::new(rows, columns);
    for row in 0..rows.groups() {
        go_on()?;
        slate.place(row);
    }
    let columns_of = slate.column_of.into_iter();
    Ok(columns_of
        .map(|column| column.filter(|&column| column < columns))
        .map(|column| column.map(|column| column as u32))
        .collect())
}

/// Rows placed so far, with the prices that prove that they could not be placed better. Beside the real columns each row has
/// one of its own, worth nothing: to stay without. Costs are what a pair is worth, turned about.
struct Slate<'a> {
    rows: &'a Offers,
    columns: usize,
    row_price: Vec<i64>,
    column_price: Vec<i64>,
    row_of: Vec<Option<usize>>,
    column_of: Vec<Option<usize>>,
    // What one path needs, kept from path to path.
    distance: Vec<i64>,
    from: Vec<usize>,
    done: Vec<bool>,
    touched: Vec<usize>,
    frontier: BinaryHeap<Reverse<(i64, bool, usize)>>,
}

impl<'a> Slate<'a> {
    fn new(rows: &'a Offers, columns: usize) -> Slate<'a> {
        let all = columns + rows.groups();
        Slate {
            rows,
            columns,
            row_price: vec![0; rows.groups()],
            column_price: vec![0; all],
            row_of: vec![None; all],
            column_of: vec![None; rows.groups()],
            distance: vec![i64::MAX; all],
            from: vec![0; all],
            done: vec![false; all],
            touched: Vec::new(),
            frontier: BinaryHeap::new(),
        }
    }

    /// Places one more row, moving others where that is worth more.
    fn place(&mut self, row: usize) {
        let Some((free, length)) = self.shortest(row) else {
            return;
        };
        self.row_price[row] += length;
        for &column in &self.touched {
            if self.done[column] && column != free {
                let moved = length - self.distance[column];
                self.column_price[column] -= moved;
                if let Some(holder) = self.row_of[column] {
                    self.row_price[holder] += moved;
                }
            }
        }
        let mut column = free;
        loop {
            let mover = self.from[column];
            self.row_of[column] = Some(mover);
            match self.column_of[mover].replace(column) {
                Some(left) => column = left,
                None => break,
            }
        }
        for column in self.touched.drain(..) {
            self.distance[column] = i64::MAX;
            self.done[column] = false;
        }
        self.frontier.clear();
    }

    /// The free column at the end of the cheapest path from a row, and the path's cost. Its own column is always one.
    fn shortest(&mut self, row: usize) -> Option<(usize, i64)> {
        let (mut asking, mut so_far) = (row, 0);
        loop {
            self.look_around(asking, so_far);
            let column = loop {
                let Reverse((_, _, column)) = self.frontier.pop()?;
                if !self.done[column] {
                    break column;
                }
            };
            self.done[column] = true;
            so_far = self.distance[column];
            match self.row_of[column] {
                None => return Some((column, so_far)),
                Some(holder) => asking = holder,
            }
        }
    }

    fn look_around(&mut self, row: usize, so_far: i64) {
        let start = so_far - self.row_price[row];
        let real = self.rows.of(row);
        let real = real.map(|(column, worth)| (column as usize, -worth));
        for (column, cost) in real.chain([(self.columns + row, 0)]) {
            let distance = start + cost - self.column_price[column];
            if !self.done[column] && distance < self.distance[column] {
                if self.distance[column] == i64::MAX {
                    self.touched.push(column);
                }
                self.distance[column] = distance;
                self.from[column] = row;
                let is_held = self.row_of[column].is_some();
                self.frontier.push(Reverse((distance, is_held, column)));
            }
        }
    }
}
