/** Two hosts with a model each: one that needs no GPU, and one with a seed. Content of a `cosmos.toml`. */
export const TWO_MODELS = `
[[hosts]]
name = "here"
models = ["preview"]

[[hosts]]
name = "gpu"
models = ["transfer1"]
work_dir = "gpu"
lanes = [{ name = "one", gpus = [0] }]

[models.transfer1.command]
working_directory = "code"
`;
