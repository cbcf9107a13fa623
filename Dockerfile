# Two images from one file: `--target api` and `--target worker`.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS sdk
WORKDIR /repo

# Only what decides which packages are needed, whatever the use cases are, so that the restore is cached until one of these files changes.
FROM sdk AS packages
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props ./
COPY src/ src/
RUN find src -type f ! -name '*.csproj' ! -name '*.props' ! -name 'packages.lock.json' -delete

FROM sdk AS build
COPY --from=packages /repo ./

# Locked: the packages of the lock files with their hashes, or no image.
RUN dotnet restore src/Api/Api.csproj --locked-mode \
 && dotnet restore src/Worker/Worker.csproj --locked-mode

# .editorconfig sets the severities of the analyzers, which are errors here as anywhere.
COPY .editorconfig ./
COPY src/ src/

FROM build AS publish-api
RUN dotnet publish src/Api/Api.csproj --no-restore -c Release -o /out -p:UseAppHost=false

FROM build AS publish-worker
# SkiaSharp brings its native library for every system there is, 600 MB in all.
RUN dotnet publish src/Worker/Worker.csproj --no-restore -c Release -o /out -p:UseAppHost=false \
 && find /out/runtimes -mindepth 1 -maxdepth 1 ! -name linux-x64 ! -name linux-arm64 ! -name unix -exec rm -r {} +

FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS runtime
WORKDIR /app
# Where a volume for files goes: it takes over the owner.
RUN mkdir /files && chown $APP_UID /files
# The base image's user `app`: it may read /app, not write it.
USER $APP_UID
EXPOSE 8080

# Exec form: the process is PID 1 and gets the SIGTERM that starts an orderly stop.
FROM runtime AS api
COPY --from=publish-api /out ./
ENTRYPOINT ["dotnet", "Messaging.Api.dll"]

FROM runtime AS worker
COPY --from=publish-worker /out ./
ENTRYPOINT ["dotnet", "Messaging.Worker.dll"]
