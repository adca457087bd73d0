//! The gRPC server: every service with its limits and compression, health, reflection v1 and v1alpha, gRPC-Web for the
//! web pages that are allowed, conventional errors, behind the gate of `admission.rs`.

use super::admission::Admission;
use super::connections;
use super::conventional_errors::conventional;
use super::exchange::Exchange;
use super::generated::DESCRIPTORS;
use super::service::{ApiLimits, Service};
use super::v1::audit_service_server::AuditServiceServer;
use super::v1::case_service_server::CaseServiceServer;
use super::v1::change_service_server::ChangeServiceServer;
use super::v1::connection_service_server::ConnectionServiceServer;
use super::v1::due_action_service_server::DueActionServiceServer;
use super::v1::exchange_service_server::ExchangeServiceServer;
use super::v1::family_finding_service_server::FamilyFindingServiceServer;
use super::v1::household_service_server::HouseholdServiceServer;
use super::v1::matching_service_server::MatchingServiceServer;
use super::v1::nation_service_server::NationServiceServer;
use super::v1::operations_service_server::OperationsServiceServer;
use super::v1::pathway_service_server::PathwayServiceServer;
use super::v1::person_service_server::PersonServiceServer;
use super::v1::place_service_server::PlaceServiceServer;
use super::v1::rematch_service_server::RematchServiceServer;
use super::v1::same_person_service_server::SamePersonServiceServer;
use super::v1::statement_service_server::StatementServiceServer;
use super::v1::waiting_family_service_server::WaitingFamilyServiceServer;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::offload::Offload;
use crate::store::Store;
use crate::traces::Traces;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tonic::codec::CompressionEncoding::Gzip;
use tonic::codegen::http::{HeaderName, HeaderValue, Method};
use tonic::server::NamedService;
use tonic::service::{Routes, RoutesBuilder};
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};
use tonic_web::GrpcWebLayer;
use tower::Layer;
use tower::util::MapResponseLayer;
use tower_http::cors::CorsLayer;

/// Every service that is ours.
const SERVICES: [&str; 18] = [
    AuditServiceServer::<Service>::NAME,
    CaseServiceServer::<Service>::NAME,
    ChangeServiceServer::<Service>::NAME,
    ConnectionServiceServer::<Service>::NAME,
    DueActionServiceServer::<Service>::NAME,
    ExchangeServiceServer::<Service>::NAME,
    FamilyFindingServiceServer::<Service>::NAME,
    HouseholdServiceServer::<Service>::NAME,
    MatchingServiceServer::<Service>::NAME,
    NationServiceServer::<Service>::NAME,
    OperationsServiceServer::<Service>::NAME,
    PathwayServiceServer::<Service>::NAME,
    PersonServiceServer::<Service>::NAME,
    PlaceServiceServer::<Service>::NAME,
    RematchServiceServer::<Service>::NAME,
    SamePersonServiceServer::<Service>::NAME,
    StatementServiceServer::<Service>::NAME,
    WaitingFamilyServiceServer::<Service>::NAME,
];

/// A server that is bound to its address and ready to serve.
pub struct Bound {
    /// The listening socket.
    pub listener: TcpListener,
    /// What the requests are answered from.
    pub store: Arc<Store>,
    /// Where the workflows run.
    pub offload: Offload,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where each request's span is sent; nowhere if not set.
    pub traces: Option<Arc<Traces>>,
    /// What is taken.
    pub limits: ApiLimits,
}

/// Serves until `stop` is done, then takes no new connections and waits for the requests that run; watches end at once.
/// Whoever calls this bounds that wait.
pub async fn serve(bound: Bound, stop: impl Future<Output = ()>) -> Result<(), Error> {
    let limits = bound.limits.clone();
    let cors = cors(&limits)?;
    let (stopping, is_stopping) = watch::channel(false);
    let service = Service {
        exchange: Exchange::new(&bound.store, &limits.exchange),
        store: bound.store,
        offload: bound.offload,
        metrics: bound.metrics,
        traces: bound.traces,
        watches: Arc::new(Semaphore::new(limits.watches)),
        unread: Arc::new(Semaphore::new(limits.unread_bytes)),
        limits: Arc::new(bound.limits),
        stopping: is_stopping,
    };
    if let Some(nightly) = limits.nightly.clone() {
        tokio::spawn(service.clone().run_nightly(nightly));
    }
    if service.limits.rematch.between_nights {
        tokio::spawn(service.clone().run_between_nights());
    }
    let (health, health_service) = health_reporter();
    report(&health, ServingStatus::Serving).await;
    let mut routes = routes(&service);
    routes.add_service(health_service);
    let stop = async {
        stop.await;
        report(&health, ServingStatus::NotServing).await;
        let _ = stopping.send(true);
    };
    let routes = with_reflection(routes)?;
    let served = GrpcWebLayer::new().layer(MapResponseLayer::new(conventional).layer(routes));
    let (offload, metrics) = (service.offload.clone(), Arc::clone(&service.metrics));
    let gated = Admission::new(cors.layer(served), offload, metrics, &limits);
    connections::accept(bound.listener, &limits, &service.metrics, gated, stop).await;
    Ok(())
}

fn routes(service: &Service) -> RoutesBuilder {
    let most = service.limits.message_bytes;
    let mut routes = Routes::builder();
    routes.add_service(
        AuditServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        CaseServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        ChangeServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        ConnectionServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        DueActionServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        ExchangeServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        FamilyFindingServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        HouseholdServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        MatchingServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        NationServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        OperationsServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        PathwayServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        PersonServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        PlaceServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        RematchServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        SamePersonServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        StatementServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes.add_service(
        WaitingFamilyServiceServer::new(service.clone())
            .max_decoding_message_size(most)
            .accept_compressed(Gzip)
            .send_compressed(Gzip),
    );
    routes
}

fn with_reflection(mut routes: RoutesBuilder) -> Result<Routes, Error> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            // The details of errors, so that tools can read them too.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let v1 = reflection().build_v1();
    let v1alpha = reflection().build_v1alpha();
    routes.add_service(v1.map_err(|why| internal(why.to_string()))?);
    routes.add_service(v1alpha.map_err(|why| internal(why.to_string()))?);
    Ok(routes.routes())
}

/// Which web pages browsers may call from.
fn cors(limits: &ApiLimits) -> Result<CorsLayer, Error> {
    let mut origins = Vec::with_capacity(limits.web_origins.len());
    for origin in &limits.web_origins {
        let value = HeaderValue::from_str(origin);
        origins.push(value.map_err(|_| Error::invalid("web_origins", "not an origin"))?);
    }
    let request = [
        "content-type",
        "x-grpc-web",
        "x-user-agent",
        "grpc-timeout",
        "authorization",
    ];
    let response = ["grpc-status", "grpc-message", "grpc-status-details-bin"];
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::POST])
        .allow_headers(request.map(HeaderName::from_static))
        .expose_headers(response.map(HeaderName::from_static))
        .max_age(Duration::from_secs(3600)))
}

/// Tells the health of every service, and of the whole.
async fn report(health: &HealthReporter, status: ServingStatus) {
    for service in SERVICES.into_iter().chain([""]) {
        health.set_service_status(service, status).await;
    }
}

fn internal(detail: String) -> Error {
    Error::Internal { detail }
}
