using System.Globalization;
using MassTransit;
using Messaging.Outbox.Pipelines;
using Messaging.Outbox.Queues;
using Messaging.Outbox.Signing;
using Messaging.Outbox.Transport;
using Microsoft.Extensions.DependencyInjection;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>Installs the outbox on one endpoint. This class is the only place that determines the order of the steps.</summary>
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
        endpoint.UseDelayedRedelivery(context, policy);
        DescribeRetries(policy);
        endpoint.UseTransactionalOutbox(context);
        Describe("inbox", "once for each consumer, in one commit with its staged work");
        Describe("dead letters", "messages that finally fail or have no consumer");
        _steps.AddRange(transport?.ConfigureReceiving(endpoint, context) ?? []);
        Record();
    }

    /// <summary>For a queue that is deleted with the process: only steps that keep nothing beyond it.</summary>
    public void InstallInstance(RetryOptions policy)
    {
        DescribeSignatures();
        endpoint.UseDelayedRedelivery(context, policy); // it also holds a delivery while the database is unavailable
        DescribeRetries(policy);
        endpoint.UseInstanceOutbox(context);
        Describe("inbox", "once for each process, in one commit with its staged work");
        Record();
    }

    private void DescribeSignatures()
    {
        if (context.GetRequiredService<MessageSigner>() is { IsOn: true } signer)
        {
            Describe("signature", signer.IsRequired ? "required" : "verified where there is one");
        }
    }

    private void DescribeRetries(RetryOptions policy)
    {
        Describe("deferred retries", PolicyText.OfDeferrals(policy));
        Describe("immediate retries", PolicyText.OfImmediate(policy));
    }

    private void Describe(string name, string setting) => _steps.Add(new OutboxPipelineStep(name, setting));

    private void Record() => context.GetRequiredService<OutboxPipelines>().Add(new OutboxPipeline(_queue, _steps));
}
