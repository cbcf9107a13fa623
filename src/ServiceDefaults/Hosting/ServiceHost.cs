using Messaging.ServiceDefaults.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// Creates and runs the hosts of the processes. Settings are read once, at the start. The default of ASP.NET Core watches the
/// working directory and everything below it for changes, and wakes up for each file written there.
/// </summary>
public static class ServiceHost
{
    /// <summary>The argument that prints the help.</summary>
    public const string Help = "--help";

    /// <summary>The argument that migrates the database.</summary>
    public const string Migrate = "--migrate";

    private const string ReadSettingsOnce = "--hostBuilder:reloadConfigOnChange=false";

    /// <summary>Prints the help if requested, and reports an invalid argument.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="help">The program's help.</param>
    /// <param name="own">The program's own arguments besides <c>--help</c>; they have no values.</param>
    /// <returns>The exit code; null if the program should run.</returns>
    public static int? TryHandle(string[] arguments, string help, params IReadOnlyList<string> own)
    {
        if (arguments.Contains(Help, StringComparer.Ordinal))
        {
            Console.WriteLine(help);
            return 0;
        }

        if (Arguments.Problem(arguments, [Help, .. own]) is { } problem)
        {
            StartFailure.Report([problem]);
            return 1;
        }

        return null;
    }

    /// <summary>Creates the host of an API.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] arguments) => Prepare(WebApplication.CreateBuilder(Settings(arguments)));

    /// <summary>Creates the host of a process that serves only health checks.</summary>
    public static WebApplicationBuilder CreateSlimBuilder(string[] arguments) => Prepare(WebApplication.CreateSlimBuilder(Settings(arguments)));

    /// <summary>Runs a program. An error in the settings at its start is reported in one line, without a stack trace.</summary>
    /// <param name="program">Builds the host and runs it until it is asked to stop.</param>
    /// <returns>The program's exit code, or 1 if it could not start.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        try
        {
            return await program();
        }
        catch (Exception exception) when (exception is not HostAbortedException && StartFailure.LinesOf(exception) is { Count: > 0 })
        {
            StartFailure.Report(StartFailure.LinesOf(exception));
            return 1;
        }
    }

    /// <summary>
    /// Validates services in Production as in Development: a missing service is found at the start and not by the first message
    /// that needs it.
    /// </summary>
    private static WebApplicationBuilder Prepare(WebApplicationBuilder builder)
    {
        builder.Configuration.AddSecretFiles();
        builder.Services.AddSingleton(SecretFiles.Known);
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateOnBuild, options.ValidateScopes) = (true, true));
        return builder;
    }

    private static string[] Settings(string[] arguments) => [ReadSettingsOnce, .. Arguments.WithoutOwn(arguments, Help, Migrate)];
}
