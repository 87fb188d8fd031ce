#[tokio::test]
async fn in_no_module() {}
