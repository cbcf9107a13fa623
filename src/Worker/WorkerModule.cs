using MassTransit;
using Messaging.ServiceDefaults.Messaging;
using Messaging.Worker.Exports;
using Messaging.Worker.Logs;
using Messaging.Worker.Passwords;
using Messaging.Worker.Profiles;
using Messaging.Worker.Register;
using Messaging.Worker.Uploads;

namespace Messaging.Worker;

/// <summary>The worker's consumers; one line each.</summary>
public static class WorkerModule
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help =
        """
        Messaging.Worker: does what the API handed on.

          (no argument)   work; health under /health/live and /health/ready, addresses from ASPNETCORE_URLS
          --help          this text

        Settings are read from the environment: Database__Host, Database__Password, RabbitMq__Host, RabbitMq__Password,
        Mail__Host, Endpoints__user-registered__Concurrency, … README.md has the table.
        """;

    /// <summary>Adds the consumers with the policies of their endpoints.</summary>
    public static void AddWorkerConsumers(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddConsumer<UserRegisteredConsumer, TaskConsumerDefinition<UserRegisteredConsumer>>();
        configurator.AddConsumer<LogRequestedConsumer, TaskConsumerDefinition<LogRequestedConsumer>>();
        configurator.AddConsumer<CacheRefreshRequestedConsumer, TaskConsumerDefinition<CacheRefreshRequestedConsumer>>();
        configurator.AddExports();
        configurator.AddPasswords();
        configurator.AddLogCleanUp();
        configurator.AddUploads();
    }
}
