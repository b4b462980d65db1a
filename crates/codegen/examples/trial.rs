//! Scratch: imports documents into a workspace of specs.
use std::{fs, path::Path};
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let list = fs::read_to_string(std::env::args().nth(2).unwrap()).unwrap();
    let mut failed = 0;
    for (i, line) in list.lines().enumerate() {
        let vendor = format!("v{i}");
        let folder = Path::new(&root).join("specs").join(&vendor);
        fs::create_dir_all(&folder).unwrap();
        let start = std::time::Instant::now();
        let result = std::panic::catch_unwind(|| reachout_codegen::draft(Path::new(line), &vendor).map_err(|e| e.to_string()));
        match result {
            Ok(Ok((yaml, notes))) => {
                fs::write(folder.join("openapi.yaml"), yaml).unwrap();
                fs::write(folder.join("import.md"), notes).unwrap();
            }
            other => {
                failed += 1;
                println!("{line}: {other:?}");
                continue;
            }
        }
        let imported = start.elapsed();
        match reachout_codegen::lint(Path::new(&root), &[vendor.clone()]) {
            Ok(l) => println!("ok {vendor} {line} work {} in {imported:?} + {:?}", l.work.len(), start.elapsed() - imported),
            Err(e) => {
                failed += 1;
                let t = e.to_string();
                let mut short: String = t.chars().take(1800).collect();
                short.push_str(t.lines().last().unwrap_or(""));
                println!("LINT {vendor} {line}: {short}");
            }
        }
    }
    println!("failed {failed}");
    if std::env::args().nth(3).is_some() {
        let start = std::time::Instant::now();
        match reachout_codegen::regen(Path::new(&root), reachout_codegen::Mode::Write) {
            Ok(c) => println!("wrote {}", c.len()),
            Err(e) => println!("{}", e.to_string().chars().take(3000).collect::<String>()),
        }
        println!("regen {:?}", start.elapsed());
    }
}
