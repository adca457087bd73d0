//! Chance, from a seed: one independent stream of random numbers for each village, so that the same seed gives
//! the same bytes whatever else is generated.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of chance.
pub struct Dice {
    stream: ChaCha8Rng,
}

impl Dice {
    /// The stream with this number, from the seed.
    pub fn new(seed: u64, stream_number: u64) -> Dice {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        stream.set_stream(stream_number);
        Dice { stream }
    }

    /// True with this probability (0 to 1).
    pub fn chance(&mut self, probability: f64) -> bool {
        self.stream.random::<f64>() < probability
    }

    /// A number from 0 up to, not reaching, 1.
    pub fn share(&mut self) -> f64 {
        self.stream.random()
    }

    /// A whole number from `low` to `high`, both included; `low` where the range is empty.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low {
            return low;
        }
        self.stream.random_range(low..=high)
    }

    /// A position in a list of this length; 0 for an empty one.
    pub fn position(&mut self, length: usize) -> usize {
        if length < 2 {
            return 0;
        }
        self.stream.random_range(0..length)
    }

    /// One of the choices, all equally likely.
    pub fn pick<T: Copy>(&mut self, choices: &[T; 4]) -> T {
        choices[self.position(choices.len())]
    }

    /// One word of a list; earlier ones are likelier. Empty for an empty list.
    pub fn common_word<'a>(&mut self, words: &'a [String]) -> &'a str {
        let skewed = self.share().powf(1.6) * words.len() as f64;
        words.get(skewed as usize).map_or("", String::as_str)
    }

    /// One word of a list, all equally likely. Empty for an empty list.
    pub fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let position = self.position(words.len());
        words.get(position).copied().unwrap_or("")
    }

    /// One of the choices by weight; the last where the weights are all 0.
    pub fn weighted<T: Copy>(&mut self, first: T, others: &[(T, u32)], first_weight: u32) -> T {
        let total: u32 = first_weight + others.iter().map(|(_, weight)| weight).sum::<u32>();
        let mut left = (self.share() * f64::from(total)) as u32;
        if left < first_weight {
            return first;
        }
        left -= first_weight;
        for (choice, weight) in others {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        first
    }

    /// How many rare events happen where `mean` are expected (Poisson, by Knuth's product method).
    pub fn count(&mut self, mean: f64) -> u32 {
        let limit = (-mean).exp();
        let mut product = self.share();
        let mut events = 0;
        while product > limit && events < 40 {
            product *= self.share();
            events += 1;
        }
        events
    }

    /// Roughly normal around 0 with deviation 1 (sum of three).
    pub fn bell(&mut self) -> f64 {
        (self.share() + self.share() + self.share() - 1.5) * 2.0
    }
}
