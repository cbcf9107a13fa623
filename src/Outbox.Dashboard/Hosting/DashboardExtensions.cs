using System.ComponentModel.DataAnnotations;
using Messaging.Outbox.AspNetCore;
using Messaging.Outbox.Dashboard;
using Messaging.Outbox.Dashboard.Files;
using Messaging.Outbox.Dashboard.Settings;
using Messaging.Outbox.Dashboard.SignIn;
using Microsoft.Extensions.Options;

namespace Messaging.Outbox;

/// <summary>Maps the dashboard.</summary>
public static class DashboardExtensions
{
    /// <summary>
    /// Maps the dashboard under <see cref="DashboardOptions.Path"/>. The application must have the control API as well
    /// (<see cref="OutboxApiExtensions.AddOutboxApi"/>, <see cref="OutboxApiExtensions.UseOutboxApi"/>,
    /// <see cref="OutboxApiExtensions.MapOutbox"/>), which all pages take their data from.
    /// </summary>
    /// <param name="routes">The application, or a group of its routes, whose prefix then precedes the path.</param>
    /// <param name="configure">Changes the registered <see cref="DashboardOptions"/>.</param>
    /// <returns>All routes of the dashboard, to add conventions to.</returns>
    /// <exception cref="OutboxConfigurationException">An option is not valid.</exception>
    public static IEndpointConventionBuilder MapOutboxDashboard(this IEndpointRouteBuilder routes, Action<DashboardOptions>? configure = null)
    {
        var options = routes.ServiceProvider.GetRequiredService<IOptions<DashboardOptions>>().Value;
        configure?.Invoke(options);
        Check(options);

        var services = routes.ServiceProvider;
        var codes = new SignInCodes(services.GetRequiredService<TimeProvider>());
        StartLink.PrintWhenStarted(services, codes);

        var all = routes.MapGroup(options.Path).SetsSafeHeaders().CacheOutput(static cache => cache.NoCache());
        all.MapElementForAnyPage();

        var files = all.MapFiles();
        if (options.Policy is { } policy)
        {
            files.RequireAuthorization(policy);
        }

        var data = all.MapOutboxGroup();
        data.MapSession(ActivatorUtilities.CreateInstance<SignInDesk>(services, options, codes));
        data.MapSettings(options);
        return all;
    }

    private static void Check(DashboardOptions options)
    {
        List<ValidationResult> problems = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), problems, validateAllProperties: true))
        {
            throw new OutboxConfigurationException(string.Join(' ', problems.Select(problem => problem.ErrorMessage)));
        }
    }
}
