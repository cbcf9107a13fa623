using Messaging.Outbox.AspNetCore;
using Messaging.ServiceDefaults.Mail;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Register;

internal static class AddressLimitsExtensions
{
    /// <summary>Adds <see cref="AddressLimits"/>, once for all use cases that take an address.</summary>
    public static void AddAddressLimits(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(AddressLimits)))
        {
            return;
        }

        services.BindSettings<MailLimitOptions>(MailLimitOptions.Section); // its SharedDomains
        services.AddSettings<AddressLimitOptions>(RateLimitOptions.Section, isPart: true);
        services.AddSingleton<AddressLimits>();
    }
}
