using MassTransit;
using Messaging.Worker.Exports;
using Messaging.Worker.Logs;
using Messaging.Worker.Passwords;
using Messaging.Worker.Profiles;
using Messaging.Worker.Register;
using Messaging.Worker.Uploads;

namespace Messaging.Worker;

/// <summary>The worker's part of each use case.</summary>
public static class WorkerModule
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help =
        """
        Messaging.Worker: runs the tasks that the API enqueued.

          (no argument)   run; health under /health/live and /health/ready, addresses from ASPNETCORE_URLS
          --help          print this help

        Settings are read from the environment: Database__Host, Database__Password, RabbitMq__Host, RabbitMq__Password,
        Mail__Host, Endpoints__user-registered__Concurrency, … docs/operating/settings.md has the table.
        """;

    /// <summary>
    /// The use cases, one line each. To remove one, delete its line here and in the API's module, and the folders of its name.
    /// </summary>
    internal static IReadOnlyList<Action<IBusRegistrationConfigurator>> UseCases { get; } =
    [
        RegisterModule.AddRegister,
        PasswordsModule.AddPasswords,
        LogsModule.AddLogs,
        ExportsModule.AddExports,
        ProfilesModule.AddProfiles,
        UploadsModule.AddUploads,
    ];

    /// <summary>Adds the consumers with the policies of their endpoints.</summary>
    public static void AddWorkerConsumers(this IBusRegistrationConfigurator configurator) => configurator.AddWorkerConsumers(UseCases);

    internal static void AddWorkerConsumers(
        this IBusRegistrationConfigurator configurator, IReadOnlyList<Action<IBusRegistrationConfigurator>> useCases)
    {
        foreach (var add in useCases)
        {
            add(configurator);
        }
    }
}
