using MassTransit;
using Messaging.Outbox.AspNetCore.Access;
using Messaging.Outbox.AspNetCore.Audit;
using Messaging.Api.Data;
using Messaging.Api.Exports;
using Messaging.Outbox.AspNetCore.DeadLetters;
using Messaging.Api.Home;
using Messaging.Outbox.AspNetCore.Http;
using Messaging.Api.Logs;
using Messaging.Api.Logs.AccessLog;
using Messaging.Api.Passwords;
using Messaging.Api.Profiles;
using Messaging.Outbox.AspNetCore.Queues;
using Messaging.Api.Reference;
using Messaging.Api.Register;
using Messaging.Outbox.AspNetCore.Schedules;
using Messaging.Outbox.AspNetCore.Tasks;
using Messaging.Api.Uploads;

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

    /// <summary>
    /// The use cases, a line each: its routes, and what they need. To be rid of one, delete its line here and in the worker's module, and the folders of
    /// its name.
    /// </summary>
    internal static IReadOnlyList<UseCase> UseCases { get; } =
    [
        new(RegisterEndpoint.MapRegister, RegisterModule.AddRegister),
        new(PasswordsModule.MapPasswords, PasswordsModule.AddPasswords),
        new(LogsModule.MapLogs, LogsModule.AddLogs, Before: AccessLogExtensions.UseAccessLog),
        new(ExportsModule.MapExports, ExportsModule.AddExports),
        new(ProfilesModule.MapProfiles, ProfilesModule.AddProfiles, ProfilesModule.AddProfileConsumers),
        new(DataEndpoint.MapData),
        new(UploadsModule.MapUploads, UploadsModule.AddUploads),
    ];

    /// <summary>Adds what each API process listens to for itself.</summary>
    public static void AddApiConsumers(this IBusRegistrationConfigurator configurator) => configurator.AddApiConsumers(UseCases);

    /// <summary>Adds what the routes need; <see cref="AddApiConsumers(IBusRegistrationConfigurator)"/> goes with it.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="operatorKeyFile">
    /// A file, in a folder that others cannot open, where the process keeps a key of its own as long as no access key is configured.
    /// </param>
    public static void AddApi(this WebApplicationBuilder builder, string? operatorKeyFile = null) => builder.AddApi(UseCases, operatorKeyFile);

    /// <summary>Maps the use cases, the operators' routes, the OpenAPI document and its page (<c>/scalar</c>).</summary>
    public static void MapApi(this WebApplication app) => app.MapApi(UseCases);

    internal static void AddApiConsumers(this IBusRegistrationConfigurator configurator, IReadOnlyList<UseCase> useCases)
    {
        foreach (var useCase in useCases)
        {
            useCase.Consume?.Invoke(configurator);
        }
    }

    internal static void AddApi(this WebApplicationBuilder builder, IReadOnlyList<UseCase> useCases, string? operatorKeyFile = null)
    {
        builder.AddOutboxApi(operatorKeyFile);
        foreach (var useCase in useCases)
        {
            useCase.Add?.Invoke(builder);
        }

        builder.Services.AddSingleton(new HomeOptions(HasLinks: operatorKeyFile is not null || builder.Environment.IsDevelopment()));
        builder.AddReference();
    }

    internal static void MapApi(this WebApplication app, IReadOnlyList<UseCase> useCases)
    {
        app.UseTrustedProxies();
        foreach (var useCase in useCases)
        {
            useCase.Before?.Invoke(app);
        }

        app.UseHttpDefaults();
        var routes = app.MapGroup("").CommitsUnitsOfWork().KeepsStorageReserve();
        foreach (var useCase in useCases)
        {
            useCase.Map(routes);
        }

        // What operates all of them.
        routes.MapTasks();
        routes.MapDeadLetters();
        routes.MapAudit();
        routes.MapAddTask();
        routes.MapSchedules();
        routes.MapQueues();
        routes.MapHome();

        app.MapReference();
    }
}
