//! The store seen from outside, on both backends.

mod adding;
mod committing;
mod fixture;
mod importing;
mod linking;
mod opening;
mod reading;
mod sealing;
mod searching;
mod verifying;
