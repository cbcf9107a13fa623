using MassTransit;
using Messaging.Outbox;
using Messaging.Outbox.AspNetCore;
using Messaging.Api.Data;
using Messaging.Api.Exports;
using Messaging.Api.Home;
using Messaging.Api.Logs;
using Messaging.Api.Logs.AccessLog;
using Messaging.Api.Passwords;
using Messaging.Api.Profiles;
using Messaging.Api.Register;
using Messaging.Api.Uploads;
using Messaging.Outbox.Dashboard;
using Messaging.ServiceDefaults.Hosting;
using Messaging.ServiceDefaults.Reference;
using Microsoft.Extensions.Options;

namespace Messaging.Api;

/// <summary>The API's services and routes; one line for each use case.</summary>
public static class ApiModule
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help =
        """
        Messaging.Api: answers at once and enqueues the work for the workers.

          (no argument)                   run; addresses from ASPNETCORE_URLS
          --migrate                       migrate the database schema and exit
          --new-key read|operate [name]   create an access key, print it and its settings, and exit
          --help                          print this help

        Settings are read from the environment: Database__Host, Database__Password, RabbitMq__Host, RabbitMq__Password, …
        docs/operating/settings.md has the table.
        """;

    /// <summary>Creates an access key if the arguments request it (<c>--new-key</c>).</summary>
    /// <returns>The exit code; null if they do not.</returns>
    public static int? TryMakeKey(string[] arguments) =>
        arguments.Contains(NewKeyCommand.Argument, StringComparer.Ordinal) ? NewKeyCommand.Run(arguments, TryReadSettings()) : null;

    /// <summary>
    /// The use cases, one line each, with their routes and services. To remove one, delete its line here and in the worker's
    /// module, and the folders of its name.
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

    /// <summary>Adds the consumers that every API process has for itself.</summary>
    public static void AddApiConsumers(this IBusRegistrationConfigurator configurator) => configurator.AddApiConsumers(UseCases);

    /// <summary>Adds the services of the routes; call <see cref="AddApiConsumers(IBusRegistrationConfigurator)"/> as well.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="operatorKeyFile">
    /// A file in a folder that only this user can read. The process writes its own key to it as long as no access key is configured.
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
        builder.Services.AddApiDescription();
    }

    internal static void MapApi(this WebApplication app, IReadOnlyList<UseCase> useCases)
    {
        foreach (var useCase in useCases)
        {
            useCase.Before?.Invoke(app);
        }

        app.UseOutboxApi();
        var routes = app.MapOutboxGroup();
        foreach (var useCase in useCases)
        {
            useCase.Map(routes);
        }

        routes.MapHome();

        // The operation of all use cases.
        app.MapOutbox();
        app.MapOutboxDashboard().WithMetadata(new HomeLink(app.Services.GetRequiredService<IOptions<DashboardOptions>>().Value.Path));
        app.MapReference();
    }

    /// <summary>A key needs no settings: where they cannot be read, it gets the first index.</summary>
    private static IConfiguration? TryReadSettings()
    {
        try
        {
            return ServiceHost.CreateBuilder([]).Configuration;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The settings cannot be read, so the key gets the index 0: {exception.Message}");
            return null;
        }
    }
}
