//! The program: command line, pages, APIs and jobs.

pub mod app;
pub mod callbacks;
pub mod cli;
pub mod clock;
pub mod counter_api;
pub mod counter_sandbox;
pub mod demo;
pub mod evidence_folder;
pub mod jobs;
pub mod listener;
pub mod site;
pub mod vault;
pub mod wechat;

pub mod console;
mod portal;
