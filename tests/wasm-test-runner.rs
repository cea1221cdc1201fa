//! Runs a wasm test binary in a browser: cargo calls this as the runner of the wasm target. It is wasm-bindgen's
//! own runner, built here at the locked version instead of installed at whichever.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
