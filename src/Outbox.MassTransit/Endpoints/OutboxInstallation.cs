using System.Globalization;
using MassTransit;
using MassTransit.Configuration;
using Messaging.Outbox.MassTransit.Pipeline;
using Messaging.Outbox.MassTransit.Sagas;
using Messaging.Outbox.Payloads;
using Messaging.Outbox.Pipelines;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Redelivery;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Adds the outbox's steps to one endpoint. Only this class determines their order.</summary>
internal sealed class OutboxInstallation(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
{
    private readonly string _queue = ConsumerRegistry.QueueOf(endpoint.InputAddress);
    private readonly List<OutboxPipelineStep> _steps = [];

    public void Install(RetryOptions policy, EndpointOutboxOptions options)
    {
        var transport = context.GetService<IEndpointTransport>();
        _steps.AddRange(transport?.ConfigureQueue(endpoint, context, policy) ?? []);
        DescribeSignatures();
        endpoint.UseQueueGate(context, options.Concurrency, options.Priority);
        var concurrency = context.GetRequiredService<QueueEndpoints>().Find(_queue)!.Concurrency;
        Describe("queue gate", string.Create(CultureInfo.InvariantCulture, $"{concurrency} at once, priority {options.Priority}"));
        UseRetries(policy);
        UseInbox("once for each consumer, in one commit with its staged work");
        UseDeadLetters();
        _steps.AddRange(transport?.ConfigureReceiving(endpoint, context) ?? []);
        Record();
    }

    /// <summary>Adds the steps for a queue that is deleted with the process: no gate, no deferred retries and no dead letters.</summary>
    public void InstallInstance(RetryOptions policy)
    {
        DescribeSignatures();
        UseRetries(policy); // also adds the lifecycle that holds a delivery while the database is unavailable
        context.GetRequiredService<ConsumerRegistry>().AddInstance(endpoint.InputAddress);
        UseInbox("once for each process, in one commit with its staged work");
        endpoint.UseNoDeadLetters(context);
        Record();
    }

    private void DescribeSignatures()
    {
        if (context.GetRequiredService<MessageSigner>() is { IsOn: true } signer)
        {
            Describe("signature", signer.IsRequired ? "required" : "verified where there is one");
        }
    }

    /// <summary>Adds the steps for an endpoint that did not call <c>UseOutbox</c>; its retry policy is set already.</summary>
    /// <param name="policy">The retry policy.</param>
    public void InstallDefault(RetryOptions policy)
    {
        DescribeSignatures();
        DescribeRetries(policy);
        UseInbox("once for each consumer, in one commit with its staged work");
        UseDeadLetters();
        Record();
    }

    /// <summary>Sets the policy for immediate retries within a delivery, and for deferred ones, which are rows of the outbox.</summary>
    private void UseRetries(RetryOptions policy)
    {
        var endpoints = context.GetRequiredService<ConfiguredEndpoints>();
        context.GetRequiredService<ExceptionNames>().Check(policy);
        endpoints.PipelineOf(endpoint).Policy = policy;
        endpoints.Of(endpoint).HasRetries = true;
        DescribeRetries(policy);
    }

    private void UseInbox(string description)
    {
        context.GetRequiredService<ConfiguredEndpoints>().Of(endpoint).HasInbox = true;
        context.GetRequiredService<ConsumerRegistry>().AddInbox(endpoint.InputAddress);
        endpoint.UseSignatures(context, _queue);
        endpoint.ConnectConsumerConfigurationObserver(new ConsumerRegistryObserver(endpoint, context.GetRequiredService<ConsumerRegistry>(), context.GetRequiredService<MessageTypes>()));
        endpoint.ConnectSagaConfigurationObserver(new SagaConfigurationObserver(endpoint, context));
        var inbox = new OutboxConsumePipeSpecificationObserver<TransactionalOutbox>(endpoint, context);
        endpoint.ConnectConsumerConfigurationObserver(inbox);
        endpoint.ConnectSagaConfigurationObserver(inbox);
        endpoint.ConnectConsumerConfigurationObserver(new PrintableFailureObserver());
        Describe("inbox", description);
    }

    private void UseDeadLetters()
    {
        context.GetRequiredService<ConsumerRegistry>().Add(endpoint.InputAddress);
        endpoint.UseDeadLetters(context);
        Describe("dead letters", "messages that finally fail or have no consumer");
    }

    private void DescribeRetries(RetryOptions policy)
    {
        Describe("deferred retries", PolicyText.OfDeferrals(policy));
        Describe("immediate retries", PolicyText.OfImmediate(policy));
    }

    private void Describe(string name, string setting) => _steps.Add(new OutboxPipelineStep(name, setting));

    private void Record() => context.GetRequiredService<OutboxPipelines>().Add(new OutboxPipeline(_queue, _steps));
}
