//! What whoever runs the server asks it: how it is, checks, backups, long work.

use super::live::{channel, limits, with_store};
use kinpath::api::{ApiLimits, ExchangeLimits, v1};
use kinpath::sample::{CommunityPlan, generate};
use kinpath::store::{ImportRequest, Store, StoreOptions, restore};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt;

type Operations = v1::operations_service_client::OperationsServiceClient<Channel>;

fn filled(folder: &Path) -> Arc<Store> {
    let plan = CommunityPlan {
        people: 300,
        seed: 5,
    };
    let sample = folder.join("sample");
    generate(plan, &sample, &mut |_| {}).unwrap();
    let read = kinpath::exchange::csv::read_folder(&sample, &Default::default()).unwrap();
    let store = Store::create(&folder.join("data"), &StoreOptions::default()).unwrap();
    let request = ImportRequest::new("sample", "test");
    let mut go_on = |_| ControlFlow::Continue(());
    store.import(&read.bundle, &request, &mut go_on).unwrap();
    Arc::new(store)
}

fn with_backups(folder: &Path) -> ApiLimits {
    let backups = folder.join("backups");
    std::fs::create_dir(&backups).unwrap();
    ApiLimits {
        exchange: ExchangeLimits {
            backup_folder: Some(backups),
            ..ExchangeLimits::default()
        },
        ..limits()
    }
}

/// The operation once it has ended; each call yields to the others, so that this is no busy loop.
async fn ended(operations: &mut Operations, name: &str) -> v1::Operation {
    loop {
        let request = v1::GetOperationRequest {
            name: name.to_owned(),
        };
        let told = operations.get_operation(request).await.unwrap();
        let told = told.into_inner().operation.unwrap();
        if told.state() != v1::OperationState::Running {
            return told;
        }
    }
}

fn field(status: &Status) -> String {
    let bad = status.get_details_bad_request();
    bad.map(|bad| bad.field_violations[0].field.clone())
        .unwrap_or_default()
}

#[test]
fn a_check_is_begun_once_and_tells_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    with_store(Arc::clone(&store), limits(), |address| async move {
        let mut operations = Operations::new(channel(&address).await);
        let request = v1::StartVerifyRequest {
            request_id: "one".to_owned(),
        };
        let begun = operations.start_verify(request.clone()).await.unwrap();
        let name = begun.into_inner().operation.unwrap().name;
        let told = ended(&mut operations, &name).await;
        assert_eq!(told.state(), v1::OperationState::Done, "{told:?}");
        let Some(v1::operation::Result::Verify(found)) = &told.result else {
            panic!("{told:?}");
        };
        assert!(found.clean && found.wrong == 0 && found.findings.is_empty());
        assert!(found.contents.iter().all(|count| count.count > 0));
        let again = operations.start_verify(request).await.unwrap();
        assert_eq!(again.into_inner().operation, Some(told.clone()));
        let list = operations
            .list_operations(v1::ListOperationsRequest::default())
            .await;
        assert_eq!(list.unwrap().into_inner().operations, [told]);

        let status = operations.get_status(v1::GetStatusRequest {}).await;
        let status = status.unwrap().into_inner();
        assert!(status.records > 300 && status.statements > 2_000);
        assert!(status.free_bytes.is_some_and(|free| free > 0) && !status.read_only);
        assert!(status.last_commit_time.is_some() && status.last_backup_time.is_none());
        assert_eq!(status.version, env!("CARGO_PKG_VERSION"));
    });
}

#[test]
fn backups_are_made_where_they_may_be_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path());
    let limits = with_backups(folder.path());
    let place = folder.path().to_owned();
    with_store(store, limits, |address| async move {
        let mut operations = Operations::new(channel(&address).await);
        let ask = |id: &str, folder: &str| v1::StartBackupRequest {
            request_id: id.to_owned(),
            folder: folder.to_owned(),
        };
        let begun = operations.start_backup(ask("one", "monday")).await.unwrap();
        let name = begun.into_inner().operation.unwrap().name;
        let told = ended(&mut operations, &name).await;
        let Some(v1::operation::Result::Backup(made)) = told.result else {
            panic!("{told:?}");
        };
        assert_eq!(made.folder, "monday");
        let status = operations.get_status(v1::GetStatusRequest {}).await;
        let status = status.unwrap().into_inner();
        assert_eq!(status.revision, made.revision);
        assert!(status.last_backup_time.is_some());
        restore(&place.join("backups/monday"), &place.join("restored")).unwrap();
        let options = StoreOptions {
            key_file: Some(place.join("data.key")),
            ..StoreOptions::default()
        };
        let other = Store::open(&place.join("restored"), &options).unwrap();
        assert!(other.verify(&mut |_| {}).unwrap().is_clean());

        std::os::unix::fs::symlink(&place, place.join("backups/link")).unwrap();
        for (id, folder, code) in [
            ("two", "monday", Code::AlreadyExists),
            ("two", "link", Code::AlreadyExists),
            ("two", "../outside", Code::InvalidArgument),
            ("two", "/tmp/outside", Code::InvalidArgument),
            ("two", "..", Code::InvalidArgument),
            ("two", "", Code::InvalidArgument),
            ("one", "tuesday", Code::InvalidArgument),
        ] {
            let refused = operations.start_backup(ask(id, folder)).await.unwrap_err();
            assert_eq!(refused.code(), code, "{folder}");
        }
        assert!(!place.join("outside").exists());
    });
}

#[test]
fn without_a_folder_for_them_there_are_no_backups() {
    let folder = tempfile::tempdir().unwrap();
    with_store(filled(folder.path()), limits(), |address| async move {
        let mut operations = Operations::new(channel(&address).await);
        let request = v1::StartBackupRequest {
            request_id: "one".to_owned(),
            folder: "monday".to_owned(),
        };
        let refused = operations.start_backup(request).await.unwrap_err();
        assert_eq!(field(&refused), "folder");
        let cancel = v1::CancelOperationRequest {
            name: "operations/none".to_owned(),
        };
        let unknown = operations.cancel_operation(cancel).await.unwrap_err();
        assert_eq!(unknown.code(), Code::NotFound);
    });
}
