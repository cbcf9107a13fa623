using Messaging.Api.Http;
using Messaging.Api.Logs;
using Messaging.Api.Queues;
using Messaging.Api.Register;
using Messaging.Api.Tasks;
using Scalar.AspNetCore;

namespace Messaging.Api;

/// <summary>The API's services and routes; one line a use case.</summary>
public static class ApiModule
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Help =
        """
        Messaging.Api: answers at once and hands the work on.

          (no argument)   serve; addresses from ASPNETCORE_URLS
          --migrate       bring the database schema up to date, then end
          --help          this text

        Settings are read from the environment: Database__Host, Database__Password, RabbitMq__Host, RabbitMq__Password, …
        README.md has the table.
        """;

    /// <summary>Adds what the routes need.</summary>
    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.AddHttpDefaults();
        builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Messaging";
            document.Info.Description = "Answers at once; a worker does what remains. Follow it under /tasks/{id}.";
            return Task.CompletedTask;
        }));
    }

    /// <summary>Maps the use cases, the OpenAPI document and its page (<c>/scalar</c>).</summary>
    public static void MapApi(this WebApplication app)
    {
        app.UseHttpDefaults();

        app.MapRegister();
        app.MapLogs();
        app.MapTasks();
        app.MapQueues();

        app.MapOpenApi();
        app.MapScalarApiReference(page => page
            .DisableDefaultFonts() // nothing on the page calls elsewhere
            .DisableTelemetry()
            .DisableAgent()
            .HideClientButton()
            .HideDeveloperTools());
    }
}
