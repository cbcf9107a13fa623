using Messaging.Api.Register;
using Messaging.ServiceDefaults.Settings;

namespace Messaging.Api.Passwords;

/// <summary>The API's part of passwords: requesting a link, and setting a password by it.</summary>
internal static class PasswordsModule
{
    public static void AddPasswords(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<PasswordOptions>(PasswordOptions.Section, isPart: true);
        builder.Services.AddSingleton<PasswordHashing>();
        builder.Services.AddAddressLimits();
    }

    public static void MapPasswords(this IEndpointRouteBuilder routes)
    {
        routes.MapForgotPassword();
        routes.MapResetPassword();
        routes.MapResetPasswordPage();
    }
}
