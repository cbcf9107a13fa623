using MassTransit;
using Messaging.Api.Access;
using Messaging.Api.Audit;
using Messaging.Api.Data;
using Messaging.Api.Exports;
using Messaging.Api.Failures;
using Messaging.Api.Home;
using Messaging.Api.Http;
using Messaging.Api.Logs;
using Messaging.Api.Logs.AccessLog;
using Messaging.Api.Passwords;
using Messaging.Api.Profiles;
using Messaging.Api.Queues;
using Messaging.Api.Reference;
using Messaging.Api.Register;
using Messaging.Api.Schedules;
using Messaging.Api.Tasks;
using Messaging.Api.Uploads;
using Messaging.ServiceDefaults.Messaging;

namespace Messaging.Api;

/// <summary>The API's services and routes; one line a use case.</summary>
public static class ApiModule
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help =
        """
        Messaging.Api: answers at once and hands the work on.

          (no argument)                   serve; addresses from ASPNETCORE_URLS
          --migrate                       bring the database schema up to date, then end
          --new-key read|operate [name]   make an access key, print it and its settings, then end
          --help                          this text

        Settings are read from the environment: Database__Host, Database__Password, RabbitMq__Host, RabbitMq__Password, …
        README.md has the table.
        """;

    /// <summary>Makes an access key if the arguments ask for one (<c>--new-key</c>).</summary>
    /// <returns>The exit code, or null when they do not.</returns>
    public static int? TryMakeKey(string[] arguments) =>
        arguments.Contains(NewKeyCommand.Argument, StringComparer.Ordinal) ? NewKeyCommand.Run(arguments) : null;

    /// <summary>Adds what each API process listens to for itself.</summary>
    public static void AddApiConsumers(this IBusRegistrationConfigurator configurator)
    {
        configurator.AddInstanceConsumer<ProfileChangedConsumer>();
    }

    /// <summary>Adds what the routes need; <see cref="AddApiConsumers"/> goes with it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="operatorKeyFile">
    /// A file, in a folder that others cannot open, where the process keeps a key of its own as long as no access key is configured.
    /// </param>
    public static void AddApi(this WebApplicationBuilder builder, string? operatorKeyFile = null)
    {
        builder.AddHttpDefaults();
        builder.AddAccess(operatorKeyFile);
        builder.AddTasks();
        builder.AddRegister();
        builder.AddLogs();
        builder.AddExports();
        builder.AddProfiles();
        builder.AddPasswords();
        builder.AddAccessLog();
        builder.AddUploads();
        builder.Services.AddSingleton(new HomeOptions(HasLinks: operatorKeyFile is not null || builder.Environment.IsDevelopment()));
        builder.AddReference();
    }

    /// <summary>Maps the use cases, the OpenAPI document and its page (<c>/scalar</c>).</summary>
    public static void MapApi(this WebApplication app)
    {
        app.UseAccessLog();
        app.UseHttpDefaults();

        var routes = app.MapGroup("").CommitsUnitsOfWork();
        routes.MapRegister();
        routes.MapPasswords();
        routes.MapLogs();
        routes.MapExports();
        routes.MapProfiles();
        routes.MapData();
        routes.MapTasks();
        routes.MapFailures();
        routes.MapAudit();
        routes.MapAddTask();
        routes.MapSchedules();
        routes.MapQueues();
        routes.MapUploads();
        routes.MapHome();

        app.MapReference();
    }
}
