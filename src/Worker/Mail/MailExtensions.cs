using Messaging.ServiceDefaults.Mail;
using Messaging.ServiceDefaults.Settings;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Messaging.Worker.Mail;

/// <summary>Registers how mail is sent: over SMTP, or to a folder.</summary>
public static class MailExtensions
{
    /// <summary>Sends mails over SMTP, through a Polly pipeline.</summary>
    public static void AddSmtpMail(this IHostApplicationBuilder builder)
    {
        builder.AddComposer();
        builder.Services.AddMailSender(provider => ActivatorUtilities.CreateInstance<SmtpMailSender>(provider));
        builder.Services.AddResiliencePipeline(SmtpMailSender.Pipeline, (pipeline, context) =>
            pipeline.AddMailPolicy(context.ServiceProvider.GetRequiredService<IOptions<MailOptions>>().Value));
    }

    /// <summary>Writes mails to a folder, one <c>.eml</c> file each.</summary>
    public static void AddMailFolder(this IHostApplicationBuilder builder, string folder)
    {
        builder.AddComposer();
        builder.Services.AddMailSender(_ => new MailFolder(folder));
    }

    /// <summary>
    /// From the outside in: a retry with jitter for transient failures, a circuit breaker for failures of the server rather than
    /// of one mail, and a timeout for each attempt. A permanent refusal passes through all of them.
    /// </summary>
    internal static void AddMailPolicy(this ResiliencePipelineBuilder pipeline, MailOptions options)
    {
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<MailDeferredException>().Handle<Exception>(IsServerTrouble),
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        pipeline
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<Exception>(IsServerTrouble),
                FailureRatio = options.BreakAtFailureRatio,
                SamplingDuration = options.BreakSampling,
                MinimumThroughput = options.BreakMinimumAttempts,
                BreakDuration = options.BreakDuration,
            })
            .AddTimeout(options.AttemptTimeout);
    }

    private static void AddMailSender(this IServiceCollection services, Func<IServiceProvider, IMailSender> create) =>
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<MailOptions>>().Value is { FailFor.Count: > 0 } options
            ? ActivatorUtilities.CreateInstance<FailingMail>(provider, create(provider), options)
            : create(provider));

    private static bool IsServerTrouble(Exception exception) =>
        exception is MailServerException or TimeoutRejectedException or MailDeferredException { IsServerClosing: true };

    private static void AddComposer(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSettings<MailOptions>(MailOptions.Section);
        builder.Services.AddSettings<MailLimitOptions>(MailLimitOptions.Section, isPart: true);
        builder.Services.AddSingleton<MailComposer>();
        builder.Services.AddSingleton<MailRecipients>();
        builder.Services.AddSingleton<MailAllowance>();
        builder.Services.TryAddSingleton(TimeProvider.System);
    }
}
