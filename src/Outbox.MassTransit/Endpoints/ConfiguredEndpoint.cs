using System.Text.Json;
using Messaging.Outbox.MassTransit.Pipeline;

namespace Messaging.Outbox.MassTransit.Endpoints;

/// <summary>The parts of the outbox that one endpoint has.</summary>
internal sealed class ConfiguredEndpoint
{
    private string? _settings;

    public bool HasInbox { get; set; }

    /// <summary>Whether <c>UseOutbox</c> has set the retry policy.</summary>
    public bool HasRetries { get; set; }

    /// <summary>The shared state of its deliveries; null until <see cref="ConfiguredEndpoints.PipelineOf"/> creates it.</summary>
    public PipelineEndpoint? Pipeline { get; set; }

    /// <summary>Whether it gets the delivery filter. An endpoint with only job consumers gets it only by <c>UseOutbox</c>.</summary>
    public bool HasDeliveryFilter => HasRetries || HasDefaultInbox || Pipeline?.Gate is not null;

    /// <summary>Whether <c>WithoutOutbox</c> excluded it from the inbox.</summary>
    public bool IsExcluded { get; set; }

    /// <summary>Whether the default outbox was added.</summary>
    public bool HasDefaults { get; set; }

    /// <summary>Whether it has the inbox by default, without a call of <c>UseOutbox</c>.</summary>
    public bool HasDefaultInbox { get; set; }

    /// <summary>Records a call of <c>UseOutbox</c>. The definition of each consumer of an endpoint may call it.</summary>
    /// <param name="queue">The queue, for the error.</param>
    /// <param name="policy">The retry policy.</param>
    /// <param name="options">The other options.</param>
    /// <returns>False if it was called before with the same settings.</returns>
    /// <exception cref="OutboxConfigurationException">It was called before with other settings.</exception>
    public bool TryConfigure(string queue, RetryOptions policy, EndpointOutboxOptions options)
    {
        var settings = JsonSerializer.Serialize(new { policy, options });
        if (_settings is null)
        {
            _settings = settings;
            return true;
        }

        return string.Equals(_settings, settings, StringComparison.Ordinal) ? false : throw new OutboxConfigurationException(
            $"The endpoint {queue} has UseOutbox already, with another policy or other options: an endpoint has one inbox and one "
            + "policy. Call endpoint.UseOutbox(context, policy) once, or the same from each consumer's definition; a consumer with a policy of its own needs a queue of its own "
            + "(.Endpoint(e => e.Name = \"…\")).");
    }
}
