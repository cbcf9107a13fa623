using System.Text;
using Messaging.Faults.Load;
using Messaging.Faults.Schedule;
using Npgsql;
using RabbitMQ.Client.Exceptions;

namespace Messaging.Faults.Faults;

/// <summary>A message that an outsider makes: where to, and what.</summary>
internal sealed record PoisonMessage(string Exchange, string RoutingKey, Guid Id, string Body);

/// <summary>Somebody publishes messages past the outbox: bad ones, or one many times.</summary>
internal sealed class PoisonFault(string name, string description, PoisonEnd end, Func<Random, PoisonMessage> make) : IFault
{
    private const string ContentType = "application/vnd.masstransit+json";

    public string Name => name;

    public string Description => description;

    public (int Min, int Max) Hold { get; init; } = (2, 4);

    public bool IsExclusive { get; init; }

    /// <summary>Different messages.</summary>
    public int Messages { get; init; } = 3;

    /// <summary>Of each of them.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>How long it is waited for the dead letter, after which only other faults may come.</summary>
    public TimeSpan Patience { get; init; }

    public async Task RunAsync(FaultContext context, Random random, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Messages; i++)
        {
            var message = make(random);
            var confirmed = false;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            try
            {
                await context.System.Broker.PublishAsync(
                    message.Exchange, message.RoutingKey, message.Id, ContentType, Encoding.UTF8.GetBytes(message.Body), Copies, patience.Token);
                confirmed = true;
            }
            catch (Exception exception) when (exception is RabbitMQClientException or OperationCanceledException or IOException)
            {
                context.Log.Add(FaultKind.Note, Name, $"{message.Id} was not confirmed: {exception.Message}");
            }

            context.Poison.Add(new Poison(message.Id, Name, end, Copies, confirmed, DateTimeOffset.UtcNow));
            await GivenUpAsync(context, message.Id, cancellationToken);
        }

        await context.HoldAsync(cancellationToken);
    }

    private async Task GivenUpAsync(FaultContext context, Guid id, CancellationToken cancellationToken)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (DateTime.UtcNow < deadline && !cancellationToken.IsCancellationRequested && !await IsDeadAsync(context, id))
        {
            await Task.Delay(500, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<bool> IsDeadAsync(FaultContext context, Guid id)
    {
        try
        {
            return await context.System.Postgres.ExecuteAsync($"SELECT count(*) FROM dead_letters WHERE message_id = '{id}'", CancellationToken.None) > 0;
        }
        catch (NpgsqlException)
        {
            return false; // the database is busy
        }
    }
}
